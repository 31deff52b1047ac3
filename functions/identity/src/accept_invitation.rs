//! `POST /v1/invitations/{token}/accept`: set the first password of an invited person.

use domain::access::{AuditAction, AuditEvent, Author, Login, User, UserStatus};
use domain::kernel::{AuditId, Error, Id};
use edge::{OkJson, PublicRequest, Rows};
use gate::{Token, TokenKind};
use schemars::JsonSchema;
use serde::Deserialize;
use store::{Key, Store, Writes};

use crate::{UserView, password};

/// The first password of an invited person.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Acceptance {
    /// Password of 12 to 128 characters, counted after normalisation to NFC.
    #[schemars(length(min = 12))]
    password: String,
}

/// Sets the password and makes the person active. The invitation works only once.
pub async fn handle(
    store: &Store,
    request: PublicRequest<Acceptance>,
) -> Result<OkJson<UserView>, Error> {
    const NOT_OPEN: Error = Error::NotFound("open invitation");
    let token = Token::parse(TokenKind::Invitation, request.path("token")).ok_or(NOT_OPEN)?;
    password::check("password", &request.input.password)?;
    let login = Key::Login(token.login_key.clone());
    let user = Key::User(token.account_id, token.user_id);
    let rows = Rows::load(store, vec![login.clone(), user.clone()]).await?;
    let mut login: Login = rows.find(&login)?.ok_or(NOT_OPEN)?;
    let before: User = rows.find(&user)?.ok_or(NOT_OPEN)?;
    let invitation = login.invitation.take().ok_or(NOT_OPEN)?;
    let is_invited = login.user_id == before.id && before.status == UserStatus::Invited;
    if !is_invited
        || !token.matches(&invitation.token_hash)
        || invitation.expires_at <= request.moment.now
    {
        return Err(NOT_OPEN);
    }
    let moment = &request.moment;
    login.password_hash = password::hash(vec![request.input.password.clone()], moment).await?.pop();
    let mut user = before.clone();
    user.status = UserStatus::Active;
    let audit = AuditEvent {
        id: AuditId::mint(moment),
        account_id: user.account_id,
        action: AuditAction::InvitationAccepted,
        author: Author::user(user.id, user.name.clone(), request.ip.clone()),
        target: user.id.to_string(),
        before: before.audited(),
        after: user.audited(),
        request_id: request.request_id.clone(),
        created_at: moment.now,
    };
    let mut writes = Writes::default().replace(&login).replace(&user).create(&audit);
    if user.is_acting_moderator() {
        writes = writes.add_moderator(user.account_id);
    }
    store.commit(writes, moment).await?;
    Ok(OkJson(UserView::from(&user)))
}
