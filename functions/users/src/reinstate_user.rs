//! `POST /v1/users/{id}/reinstate`: reinstate a suspended user.

use domain::access::{AuditAction, User, UserStatus, UserView};
use domain::kernel::{Code, Error};
use edge::{Call, NoInput, OkJson, Outcome};
use store::{Store, Writes};

/// Makes the user active again, with the roles, permissions and keys from before. Sessions from before
/// stay ended.
pub async fn handle(
    store: &Store,
    call: Call<NoInput, User>,
) -> Result<Outcome<OkJson<UserView>>, Error> {
    let before = &call.target;
    call.not_own(before.id)?;
    if before.status != UserStatus::Suspended {
        let detail = "the user is not suspended";
        return Err(Error::conflict(Code::UserState, detail));
    }
    let mut user = before.clone();
    user.status = UserStatus::Active;
    let (old, new) = (before.audited(), user.audited());
    let mut writes = Writes::default().replace(&user).create(&call.audit(
        AuditAction::UserReinstated,
        user.id,
        old,
        new,
    ));
    if user.is_acting_moderator() {
        writes = writes.add_moderator(user.account_id);
    }
    call.commit(store, writes, OkJson(UserView::from(&user))).await
}
