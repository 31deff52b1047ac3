//! `GET /v1/events`: list events, newest first, or in their order as a feed to recover from.

use domain::event::{EVENT_SETTLING_TIME, Event, EventView};
use domain::kernel::{Error, EventId, Flaw, Id, Violation};
use domain::webhook::{Subscription, SubscriptionError};
use edge::{Call, OkJson, SpanEnd, SpanStart, limit};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{EventFilter, Listing, Page, Position, Span, Store};
use ulid::Ulid;

use crate::rules::unknown_type;

/// Maximum length of an object id.
const OBJECT_ID_LENGTH_MAX: usize = 40;

/// Order of a list of events.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EventOrder {
    /// Newest first.
    #[default]
    Desc,
    /// Oldest first, for a recovery.
    Asc,
}

/// Filters and page of a list of events.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EventsInput {
    /// `desc` lists the newest event first; `asc` lists the oldest first, and only events that are at least
    /// 60 seconds old, so that no event comes later with an earlier id. `desc` if absent.
    order: Option<EventOrder>,
    /// Returns only events after this event id, with `order=asc`. It never expires: the event may be of
    /// another type, or gone.
    after: Option<EventId>,
    /// Returns only events of these types: one or several, separated by commas, such as
    /// `charge.paid,payout.*`; `payout.*` is every type that begins with `payout.`.
    #[serde(rename = "type")]
    #[schemars(extend("example" = "charge.paid,payout.*"))]
    types: Option<String>,
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

/// A page of events.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct EventPage {
    /// Events of the page.
    data: Vec<EventView>,
    /// Cursor of the next page; null on the last page. Send it as `cursor`, with the same filters.
    next_cursor: Option<String>,
    /// With `order=asc` the event id up to which this page and the pages before it are complete, also if
    /// `data` is empty. Send it as `after` of the next request. It can be the id of no event. Null with
    /// `order=desc`.
    resume_after: Option<EventId>,
}

/// Lists a page with masked payers, as the list of charges does. With a filter a page can be short
/// or empty and still have a next page, which `next_cursor` shows.
pub async fn handle(store: &Store, call: Call<EventsInput>) -> Result<OkJson<EventPage>, Error> {
    let input = &call.input;
    let (filter, of) = (input.filter()?, input.filter_text());
    let position: Option<Position> = call.read_cursor(&of, input.cursor.as_deref())?;
    let span = input.span(call.moment.now, position.as_ref());
    let listing = match input.order() {
        EventOrder::Desc => Listing::Events(call.account_id(), span, filter),
        EventOrder::Asc => Listing::EventsFrom(call.account_id(), span, input.after, filter),
    };
    let page = Page { limit: limit(input.limit)?.into(), after: position };
    let (events, ended) = store.list::<Event>(&listing, page).await?;
    let resume_after = match (input.order(), &ended) {
        (EventOrder::Desc, _) => None,
        (EventOrder::Asc, Some(position)) => position.id(),
        // A clock that is behind the one of an earlier page never leads back.
        (EventOrder::Asc, None) => input.after.max(span.last_id()),
    };
    Ok(OkJson(EventPage {
        data: events.iter().map(EventView::masked).collect(),
        next_cursor: ended.map(|position| call.write_cursor(&of, &position)),
        resume_after,
    }))
}

impl EventsInput {
    fn order(&self) -> EventOrder {
        self.order.unwrap_or_default()
    }

    /// Returns the filter.
    ///
    /// # Errors
    /// Names each field that no list can have.
    fn filter(&self) -> Result<EventFilter, Error> {
        let mut violations = Vec::new();
        if self.after.is_some() && self.order() == EventOrder::Desc {
            let detail = "after needs order=asc; newest first, use created_from or cursor";
            violations.push(Violation::new("after", Flaw::UnknownField, detail));
        }
        let length = self.object_id.as_ref().map_or(1, |id| id.chars().count());
        if !(1..=OBJECT_ID_LENGTH_MAX).contains(&length) {
            let detail = format!("an id must have 1 to {OBJECT_ID_LENGTH_MAX} characters");
            violations.push(Violation::new("object_id", Flaw::WrongLength, detail));
        }
        let types = self.types.as_deref().map(read_types).transpose();
        let types = types.map_err(|violation| violations.push(violation)).ok().flatten();
        match violations.is_empty() {
            true => Ok(EventFilter {
                types: types.and_then(|types| types.types()),
                object_id: self.object_id.clone(),
            }),
            false => Err(Error::Invalid(violations)),
        }
    }

    /// Returns the text that stands for the order and the filters. A cursor is sealed for it.
    fn filter_text(&self) -> String {
        let order = self.order();
        let Self { after, types, object_id, created_from, created_until, .. } = self;
        format!("{order:?} {after:?} {types:?} {object_id:?} {created_from:?} {created_until:?}")
    }

    /// Returns the span of the list. In order it ends where events may still come, but never before the
    /// position that another instance gave, because the clock of this one can be behind.
    fn span(&self, now: Timestamp, position: Option<&Position>) -> Span {
        let (from, until) =
            (self.created_from.map(|from| from.0), self.created_until.map(|until| until.0));
        let before = (self.order() == EventOrder::Asc).then(|| {
            let settled = (now - EVENT_SETTLING_TIME).as_millisecond();
            let settled = Ulid::from_parts(u64::try_from(settled).unwrap_or(0), 0);
            let seen = position.and_then(Position::id::<EventId>);
            seen.map_or(settled, |seen| settled.max(seen.next().ulid()))
        });
        Span { from, until, before }
    }
}

/// Reads types that are separated by commas.
fn read_types(text: &str) -> Result<Subscription, Violation> {
    let words: Vec<_> = text.split(',').map(str::to_owned).collect();
    Subscription::read(&words).map_err(|error| match error {
        SubscriptionError::Unknown(index) => {
            let word: String = words[index].chars().take(OBJECT_ID_LENGTH_MAX).collect();
            let detail = format!("`{word}`: {}", unknown_type(&words[index]));
            Violation::new("type", Flaw::UnknownValue, detail)
        }
        error => Violation::new("type", Flaw::InvalidFormat, error.to_string()),
    })
}
