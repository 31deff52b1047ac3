//! `GET /v1/audit-events`: list the audit trail, newest first.

use domain::access::{AuditAction, AuditEvent, AuditFilter};
use domain::kernel::{Error, Flaw, UserId};
use edge::{Call, ListPage, SpanEnd, SpanStart};
use schemars::JsonSchema;
use serde::Deserialize;
use store::{Listing, Span, Store};

/// Bytes of the longest target: the longest id, and any masked Pix key.
const TARGET_LENGTH_MAX: usize = 100;

/// Filters and page of the audit trail.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AuditListInput {
    /// Returns only lines with this action.
    action: Option<AuditAction>,
    /// Returns only lines of this author.
    user_id: Option<UserId>,
    /// Returns only lines about the object with this id.
    #[schemars(length(min = 1, max = 100))]
    target: Option<String>,
    /// Returns only lines created at or after this instant; a date alone is the start of that day in
    /// São Paulo.
    created_from: Option<SpanStart>,
    /// Returns only lines created before this instant; a date alone is the end of that day in São Paulo.
    created_until: Option<SpanEnd>,
    /// Maximum number of rows, 1 to 100; 25 if absent.
    #[schemars(range(min = 1, max = 100))]
    limit: Option<u8>,
    /// `next_cursor` of the previous page.
    cursor: Option<String>,
}

/// Lists a page of the trail. Each filter has lines of its own in the table, so a page is full if
/// more lines follow.
pub async fn handle(
    store: &Store,
    call: Call<AuditListInput>,
) -> Result<ListPage<AuditEvent>, Error> {
    let input = &call.input;
    let length = input.target.as_ref().map(String::len);
    if length.is_some_and(|length| !(1..=TARGET_LENGTH_MAX).contains(&length)) {
        let detail = format!("an id has 1 to {TARGET_LENGTH_MAX} characters");
        return Err(Error::invalid("target", Flaw::WrongLength, detail));
    }
    let filter =
        AuditFilter { action: input.action, user_id: input.user_id, target: input.target.clone() };
    let (from, until) = (input.created_from, input.created_until);
    let span =
        Span { from: from.map(|from| from.0), until: until.map(|until| until.0), before: None };
    let listing = Listing::AuditEvents(call.account_id(), span, filter);
    call.list(store, &listing, input.limit, input.cursor.as_deref(), |event| event).await
}
