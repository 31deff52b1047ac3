//! `DELETE /v1/users/{id}`: delete a user with their keys and sessions.

use domain::access::{AuditAction, User};
use domain::kernel::Error;
use edge::{Call, NoContent, NoInput, Outcome};
use gate::login_key;
use serde_json::Value;
use store::{Key, Store, Writes};

use crate::person::login_email;

/// Deletes user, login and keys in one transaction. Sessions end because their user does not exist.
pub async fn handle(store: &Store, call: Call<NoInput, User>) -> Result<Outcome<NoContent>, Error> {
    let user = &call.target;
    call.not_own(user.id)?;
    // Whatever ends a key needs a code.
    if !user.api_keys.is_empty() {
        call.demand_code()?;
    }
    let before = user.audited();
    let mut writes = Writes::default().remove_at_version(user).create(&call.audit(
        AuditAction::UserDeleted,
        user.id,
        before,
        Value::Null,
    ));
    if let Some(email) = login_email(user) {
        writes = writes.remove(&Key::Login(login_key(email), user.account_id));
    }
    for key in user.api_keys.keys() {
        writes = writes.remove(&Key::ApiKey(user.account_id, key.clone()));
    }
    if user.is_acting_moderator() {
        writes = writes.remove_moderator(user.account_id);
    }
    call.commit(store, writes, NoContent::default()).await
}
