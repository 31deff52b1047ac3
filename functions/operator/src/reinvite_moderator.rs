//! `operator.reinvite_moderator`: make a new invitation for a moderator who cannot log in.

use domain::access::{AuditAction, Login, Role, User, UserStatus};
use domain::kernel::{AccountId, UserId};
use gate::{login_key, mint_invitation};
use jiff::Timestamp;
use runtime::App;
use serde::{Deserialize, Serialize};
use store::{Key, Writes};

use crate::account::{OperatorTrail, find_account};
use crate::{CommandFailure, Invocation};

/// The moderator to invite again.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReinviteModeratorInput {
    account_id: String,
    /// E-mail with which the moderator logs in.
    email: String,
    /// True if the moderator lost the authenticator and the recovery codes too.
    reset_two_factor: Option<bool>,
}

/// The new invitation, which is shown once.
#[derive(Serialize)]
pub struct ReinvitedModerator {
    account_id: AccountId,
    user_id: UserId,
    /// Secret token of `POST /v1/invitations/{token}/accept`.
    invitation_token: String,
    /// Time from which the invitation is refused.
    #[serde(serialize_with = "domain::kernel::milliseconds")]
    invitation_expires_at: Timestamp,
}

/// Makes the invitation; the token of an earlier one is void. If the input says so, it also removes the
/// second factor and ends the sessions, so that the moderator can enrol again.
pub async fn handle(
    app: &App,
    invocation: Invocation<ReinviteModeratorInput>,
) -> Result<ReinvitedModerator, CommandFailure> {
    let Invocation { input, moment, request_id } = invocation;
    let account = find_account(app, &input.account_id).await?;
    let (mut login, before) = find_moderator(app, account.id, &input.email).await?;
    if account.is_closed() {
        let sentence = "the account is closed; reopen it first";
        return Err(CommandFailure::refused("account_closed", sentence));
    }
    if before.status == UserStatus::Suspended {
        let sentence = "email: another moderator of the account suspended this one; ask them";
        return Err(CommandFailure::refused("user_suspended", sentence));
    }
    let (invitation, token) = mint_invitation(&before, &login.key, &moment);
    let invitation_expires_at = invitation.expires_at;
    login.invitation = Some(invitation);
    let trail = OperatorTrail { account_id: account.id, request_id: &request_id, moment: &moment };
    let shown = before.audited();
    let invited = trail.line(AuditAction::InvitationCreated, before.id, shown.clone(), shown);
    let mut writes = Writes::default().create(&invited);
    if input.reset_two_factor.unwrap_or(false) {
        login.two_factor = None;
        login.pending_secret = None;
        let mut user = before.clone();
        user.two_factor = false;
        user.end_sessions();
        login.session_epoch = user.session_epoch;
        let (old, new) = (before.audited(), user.audited());
        let reset = trail.line(AuditAction::TwoFactorReset, user.id, old, new);
        writes = writes.replace(&user).create(&reset);
    } else {
        writes = writes.unchanged(&before);
    }
    app.store.commit(writes.replace(&login), &moment).await?;
    Ok(ReinvitedModerator {
        account_id: account.id,
        user_id: before.id,
        invitation_token: token.reveal().to_owned(),
        invitation_expires_at,
    })
}

/// Reads the login and the user of a moderator.
async fn find_moderator(
    app: &App,
    account_id: AccountId,
    email: &str,
) -> Result<(Login, User), CommandFailure> {
    let missing = || {
        CommandFailure::refused("not_found", "email: the account has no moderator with this e-mail")
    };
    let key = Key::Login(login_key(email), account_id);
    let login: Login = app.store.find(&key).await?.ok_or_else(missing)?;
    let key = Key::User(account_id, login.user_id);
    let user: User = app.store.find(&key).await?.ok_or_else(missing)?;
    if user.roles.contains(&Role::Moderator) { Ok((login, user)) } else { Err(missing()) }
}
