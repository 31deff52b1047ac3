//! `POST /v1/users/{id}/two-factor/reset`: take somebody's second factor away.

use domain::access::{AuditAction, User, UserKind};
use domain::kernel::{Code, Error};
use edge::{Call, Found, NoInput, Outcome};
use gate::login_key;
use store::{Store, Writes};

use crate::UserView;

/// Removes the factor and ends the person's sessions. Nobody resets their own.
pub async fn handle(
    store: &Store,
    call: Call<NoInput, User>,
) -> Result<Outcome<Found<UserView>>, Error> {
    let before = &call.target;
    call.not_own(before.id)?;
    let (UserKind::Human, Some(email)) = (before.kind, &before.email) else {
        return Err(Error::refused(Code::UserKind, "an API user has no second factor"));
    };
    let mut user = before.clone();
    user.two_factor = false;
    user.sessions_valid_from = call.moment.now;
    let (was, is) = (before.audited(), user.audited());
    let writes = Writes::default()
        .replace(&user)
        .reset_two_factor(&login_key(email))
        .create(&call.audit(AuditAction::TwoFactorReset, user.id, was, is));
    call.commit(store, writes, Found(UserView::from(&user))).await
}
