//! `DELETE /v1/users/{id}/sessions`: end all sessions of a person.

use domain::access::{AuditAction, User};
use domain::kernel::Error;
use edge::{Call, NoContent, NoInput, Outcome};
use gate::login_key;
use serde_json::Value;
use store::{Store, Writes};

use crate::person::email_of;

/// Ends every session that was opened before. The person can log in again.
pub async fn handle(store: &Store, call: Call<NoInput, User>) -> Result<Outcome<NoContent>, Error> {
    let mut user = call.target.clone();
    call.not_own(user.id)?;
    let login = login_key(email_of(&user)?);
    user.end_sessions();
    let writes = Writes::default().replace(&user).end_sessions(&login, &user).create(&call.audit(
        AuditAction::SessionsClosed,
        user.id,
        Value::Null,
        Value::Null,
    ));
    call.commit(store, writes, NoContent::default()).await
}
