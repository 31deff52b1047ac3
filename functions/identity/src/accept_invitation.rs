//! `POST /v1/invitations/{token}/accept`: set the password of an invited person.

use domain::access::{
    AuditAction, AuditEvent, Author, Login, LoginSalt, User, UserStatus, UserView,
};
use domain::kernel::{AuditId, Error, Id};
use edge::{OkJson, PublicRequest, Rows};
use gate::{Token, TokenKind};
use schemars::JsonSchema;
use serde::Deserialize;
use store::{Key, Store, Writes};

use crate::{password, password_set};

/// The new password of an invited person.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Acceptance {
    /// Password of 12 to 128 characters, counted after normalisation to NFC.
    #[schemars(length(min = 12))]
    password: String,
}

/// Sets the password in the account of the invitation, and in no other. Makes a new person active; ends
/// the sessions of a person who had a password, and leaves their two-factor. The invitation works only
/// once.
pub async fn handle(
    store: &Store,
    request: PublicRequest<Acceptance>,
) -> Result<OkJson<UserView>, Error> {
    const NOT_OPEN: Error = Error::NotFound("open invitation");
    let token = Token::parse(TokenKind::Invitation, request.path("token")).ok_or(NOT_OPEN)?;
    password::check("password", &request.input.password)?;
    let login = Key::Login(token.login_key.clone(), token.account_id);
    let user = Key::User(token.account_id, token.user_id);
    let salt = Key::LoginSalt(token.login_key.clone());
    let rows = Rows::load(store, vec![login.clone(), user.clone(), salt.clone()]).await?;
    let salt: Option<LoginSalt> = rows.find(&salt)?;
    let mut login: Login = rows.find(&login)?.ok_or(NOT_OPEN)?;
    let before: User = rows.find(&user)?.ok_or(NOT_OPEN)?;
    let invitation = login.invitation.clone().ok_or(NOT_OPEN)?;
    let is_theirs = login.user_id == before.id && before.status != UserStatus::Suspended;
    if !is_theirs
        || !token.matches(&invitation.token_hash)
        || invitation.expires_at <= request.moment.now
    {
        return Err(NOT_OPEN);
    }
    let moment = &request.moment;
    let hash = password_set::hash(&request.input.password, salt.as_ref(), moment).await?;
    let mut user = before.clone();
    user.status = UserStatus::Active;
    user.end_sessions();
    login.set_password(hash);
    login.session_epoch = user.session_epoch;
    let action = match before.status {
        UserStatus::Invited => AuditAction::InvitationAccepted,
        UserStatus::Active | UserStatus::Suspended => AuditAction::PasswordReset,
    };
    let audit = AuditEvent {
        id: AuditId::mint(moment),
        account_id: user.account_id,
        action,
        author: Author::user(user.id, user.name.clone(), request.ip.to_string()),
        target: user.id.to_string(),
        before: before.audited(),
        after: user.audited(),
        request_id: request.request_id.clone(),
        created_at: moment.now,
    };
    let mut writes = Writes::default()
        .replace(&login)
        .replace(&user)
        .create(&audit)
        .require_open_account(user.account_id, NOT_OPEN);
    if user.is_acting_moderator() && !before.is_acting_moderator() {
        writes = writes.add_moderator(user.account_id);
    }
    store.commit(writes, moment).await?;
    Ok(OkJson(UserView::from(&user)))
}
