//! `POST /v1/users/{id}/suspend`: suspend a user.

use domain::access::{AuditAction, User, UserStatus, UserView};
use domain::kernel::{Code, Error};
use edge::{Call, NoInput, OkJson, Outcome};
use gate::login_key;
use store::{Store, Writes};

use crate::person::login_email;

/// Suspends the user with immediate effect: sessions end, keys do not work, and an open invitation is
/// void. Roles, permissions and keys stay for the day on which the user is reinstated. The last active
/// moderator cannot be suspended.
pub async fn handle(
    store: &Store,
    call: Call<NoInput, User>,
) -> Result<Outcome<OkJson<UserView>>, Error> {
    let before = &call.target;
    call.not_own(before.id)?;
    let refused = |detail| Err(Error::conflict(Code::UserState, detail));
    match before.status {
        UserStatus::Active => {}
        UserStatus::Suspended => return refused("the user is suspended already"),
        UserStatus::Invited => {
            return refused(
                "the person has not accepted the invitation; delete the user to withdraw it",
            );
        }
    }
    let mut user = before.clone();
    user.status = UserStatus::Suspended;
    user.end_sessions();
    let (old, new) = (before.audited(), user.audited());
    let mut writes = Writes::default().replace(&user).create(&call.audit(
        AuditAction::UserSuspended,
        user.id,
        old,
        new,
    ));
    if let Some(email) = login_email(&user) {
        writes = writes.suspend_login(&login_key(email), &user);
    }
    if before.is_acting_moderator() {
        writes = writes.remove_moderator(user.account_id);
    }
    call.commit(store, writes, OkJson(UserView::from(&user))).await
}
