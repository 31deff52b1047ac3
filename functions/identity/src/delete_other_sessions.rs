//! `DELETE /v1/me/sessions`: end all sessions of the caller except this one.

use domain::access::AuditAction;
use domain::kernel::Error;
use edge::{Call, NoInput, Outcome, OwnSession, SessionRenewed};
use gate::login_key;
use serde_json::Value;
use store::{Item, Store, Writes};

use crate::tokened_session::TokenedSession;

/// Ends every session that was opened before. The caller goes on with a new token in the cookie of the
/// reply, so a copy of the old token is no longer valid either.
pub async fn handle(
    store: &Store,
    call: Call<NoInput, OwnSession>,
) -> Result<Outcome<SessionRenewed>, Error> {
    let session = &call.target.0;
    let mut user = call.principal.user().clone();
    user.end_sessions();
    let email = user.email.as_deref().ok_or(Error::NotFound("login"))?;
    let login_key = login_key(email);
    let renewed =
        TokenedSession::renew(session, &user, &login_key, call.plain_cookie, &call.moment);
    let writes = Writes::default()
        .replace(&user)
        .end_sessions(&login_key, &user)
        .remove(&session.key())
        .create(&renewed.session)
        .create(&call.audit(AuditAction::SessionsClosed, user.id, Value::Null, Value::Null));
    call.commit(store, writes, SessionRenewed { cookie: renewed.cookie }).await
}
