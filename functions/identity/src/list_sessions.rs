//! `GET /v1/me/sessions`: list the caller's open sessions, newest first.

use domain::access::{SESSION_ABSOLUTE, Session};
use domain::kernel::{Error, SessionId, mask_address};
use edge::{Call, ListPage, NoInput, OwnSession};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use store::{Listing, Page, Store};

/// Maximum number of sessions of the reply.
const SESSIONS_MAX: u16 = 100;

/// An open session of the caller.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "OpenSession")]
pub struct OpenSessionView {
    /// Id of the session.
    id: SessionId,
    /// Whether this is the session of the request.
    current: bool,
    /// Whether the person gave the second factor; without it the session can only read.
    two_factor: bool,
    /// Address of the log-in with its last part masked, such as `203.0.113.***`.
    ip: String,
    /// Time of the log-in.
    #[serde(serialize_with = "domain::kernel::milliseconds")]
    logged_in_at: Timestamp,
    /// Time of the last use, to the minute.
    #[serde(serialize_with = "domain::kernel::milliseconds")]
    last_used_at: Timestamp,
    /// End of the session without further use.
    #[serde(serialize_with = "domain::kernel::milliseconds")]
    expires_at: Timestamp,
}

/// Lists the sessions of the person in this account. The list is always one page: of the 100 newest
/// tokens of the last twelve hours, it has those that have not ended.
pub async fn handle(
    store: &Store,
    call: Call<NoInput, OwnSession>,
) -> Result<ListPage<OpenSessionView>, Error> {
    let (now, user) = (call.moment.now, call.principal.user());
    let listing = Listing::Sessions(user.account_id, user.id, now - SESSION_ABSOLUTE);
    let page = Page { limit: SESSIONS_MAX, after: None };
    let (sessions, _) = store.list::<Session>(&listing, page).await?;
    let current = call.target.0.id;
    let is_open =
        |session: &Session| session.epoch == user.session_epoch && !session.has_expired(now);
    let open = sessions.into_iter().filter(is_open);
    let data = open.map(|session| OpenSessionView {
        id: session.id,
        current: session.id == current,
        two_factor: session.two_factor,
        ip: mask_address(session.ip),
        logged_in_at: session.logged_in_at,
        last_used_at: session.last_used_at,
        expires_at: session.expires_at(),
    });
    Ok(ListPage { data: data.collect(), next_cursor: None })
}
