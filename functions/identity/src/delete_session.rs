//! `DELETE /v1/me/sessions/{id}`: end one of the caller's sessions.

use domain::access::{AuditAction, Session};
use domain::kernel::Error;
use edge::{Call, NoContent, NoInput, Outcome, OwnSession};
use serde_json::Value;
use store::{Item, Store, Writes};

/// Deletes the row of the session, so that its token is no longer valid. If it is the session of the
/// request, the reply also removes the cookie.
pub async fn handle(
    store: &Store,
    call: Call<NoInput, (Session, OwnSession)>,
) -> Result<Outcome<NoContent>, Error> {
    let (session, OwnSession(current)) = &call.target;
    let user_id = call.principal.user_id();
    let writes = Writes::default().remove(&session.key()).create(&call.audit(
        AuditAction::SessionClosed,
        user_id,
        Value::Null,
        Value::Null,
    ));
    let now = call.moment.now;
    let cookie =
        (session.id == current.id).then(|| edge::session_cookie(call.plain_cookie, "", now, now));
    call.commit(store, writes, NoContent { cookie }).await
}
