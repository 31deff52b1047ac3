//! `DELETE /v1/sessions/current`: log the person out.

use domain::access::AuditAction;
use domain::kernel::Error;
use edge::{Call, NoContent, NoInput, Outcome, OwnSession};
use serde_json::Value;
use store::{Item, Store, Writes};

/// Deletes the row of the session, so that its token is no longer valid.
pub async fn handle(
    store: &Store,
    call: Call<NoInput, OwnSession>,
) -> Result<Outcome<NoContent>, Error> {
    let user_id = call.principal.user_id();
    let writes = Writes::default().remove(&call.target.0.key()).create(&call.audit(
        AuditAction::SessionClosed,
        user_id,
        Value::Null,
        Value::Null,
    ));
    let now = call.moment.now;
    let cookie = edge::session_cookie(call.plain_cookie, "", now, now);
    call.commit(store, writes, NoContent { cookie: Some(cookie) }).await
}
