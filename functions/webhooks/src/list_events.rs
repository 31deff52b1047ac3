//! `GET /v1/events`: list events, newest first.

use domain::event::{Event, EventType, EventView};
use domain::kernel::{Error, Flaw};
use edge::{Call, ListPage, SpanEnd, SpanStart};
use schemars::JsonSchema;
use serde::Deserialize;
use store::{Listing, Span, Store};

/// Maximum length of an object id.
const OBJECT_ID_LENGTH_MAX: usize = 40;

/// Filters and page of a list of events.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EventsInput {
    /// Returns only events of this type.
    #[serde(rename = "type")]
    kind: Option<EventType>,
    /// Returns only events of the object with this id.
    #[schemars(length(min = 1, max = 40))]
    object_id: Option<String>,
    /// Returns only events created at or after this instant; a date alone is the start of
    /// that day in São Paulo.
    created_from: Option<SpanStart>,
    /// Returns only events created before this instant; a date alone is the end of that day
    /// in São Paulo.
    created_until: Option<SpanEnd>,
    /// Maximum number of rows, 1 to 100; 25 if absent.
    #[schemars(range(min = 1, max = 100))]
    limit: Option<u8>,
    /// `next_cursor` of the previous page.
    cursor: Option<String>,
}

/// Lists a page with masked payers, as the list of charges does. With a filter a page can be short
/// or empty and still have a next page, which `next_cursor` shows.
pub async fn handle(store: &Store, call: Call<EventsInput>) -> Result<ListPage<EventView>, Error> {
    let EventsInput { kind, object_id, created_from, created_until, limit, cursor } = &call.input;
    let length = object_id.as_ref().map_or(1, |id| id.chars().count());
    if !(1..=OBJECT_ID_LENGTH_MAX).contains(&length) {
        let detail = format!("an id must have 1 to {OBJECT_ID_LENGTH_MAX} characters");
        return Err(Error::invalid("object_id", Flaw::WrongLength, detail));
    }
    let (from, until) = (created_from.map(|from| from.0), created_until.map(|until| until.0));
    let span = Span { from, until, before: None };
    let listing = Listing::Events(call.account_id(), span, *kind, object_id.clone());
    let view = |event: Event| EventView::masked(&event);
    call.list(store, &listing, *limit, cursor.as_deref(), view).await
}
