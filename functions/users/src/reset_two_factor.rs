//! `POST /v1/users/{id}/two-factor/reset`: reset the two-factor of a person.

use domain::access::{AuditAction, User, UserView};
use domain::kernel::Error;
use edge::{Call, NoInput, OkJson, Outcome};
use gate::login_key;
use store::{Store, Writes};

use crate::person::email_of;

/// Removes the second factor and ends the sessions of the person. Callers cannot reset their own.
pub async fn handle(
    store: &Store,
    call: Call<NoInput, User>,
) -> Result<Outcome<OkJson<UserView>>, Error> {
    let before = &call.target;
    call.not_own(before.id)?;
    let email = email_of(before)?;
    let mut user = before.clone();
    user.two_factor = false;
    user.end_sessions();
    let (old, new) = (before.audited(), user.audited());
    let writes = Writes::default()
        .replace(&user)
        .reset_two_factor(&login_key(email), &user)
        .create(&call.audit(AuditAction::TwoFactorReset, user.id, old, new));
    call.commit(store, writes, OkJson(UserView::from(&user))).await
}
