//! `POST /v1/users/{id}/invitation`: make a new invitation for a person.

use domain::access::{AuditAction, User, UserStatus};
use domain::kernel::{Code, Error};
use edge::{Call, Created, NoInput, Outcome};
use gate::{login_key, mint_invitation};
use store::{Store, Writes};

use crate::invitation_view::InvitationView;
use crate::person::email_of;

/// Makes the invitation, for a person who never accepted one and for a person who lost the password. The
/// token of an earlier invitation is void. Nothing else changes before the person accepts: the old
/// password works until then, and two-factor stays.
pub async fn handle(
    store: &Store,
    call: Call<NoInput, User>,
) -> Result<Outcome<Created<InvitationView>>, Error> {
    let user = &call.target;
    call.not_own(user.id)?;
    let key = login_key(email_of(user)?);
    if user.status == UserStatus::Suspended {
        let detail = "the user is suspended; reinstate the user first";
        return Err(Error::conflict(Code::UserState, detail));
    }
    let (invitation, token) = mint_invitation(user, &key, &call.moment);
    let shown = user.audited();
    // The user must not be suspended, or deleted and invited again, at the same moment.
    let writes = Writes::default()
        .unchanged(user)
        .replace_invitation(&key, user.account_id, &invitation)
        .create(&call.audit(AuditAction::InvitationCreated, user.id, shown.clone(), shown));
    let reply = InvitationView::new(&token, invitation.expires_at, &call.origin);
    call.commit(store, writes, Created(reply)).await
}
