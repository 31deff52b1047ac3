//! The invitation of a person: a login without a password, and a token to set it.

use domain::access::{Invitation, Login, LoginKey, LoginSalt, User};
use domain::kernel::Moment;
use jiff::{SignedDuration, Timestamp};

use crate::{Token, TokenKind, login_key};

/// How long an invitation is valid, in days: a week, so that an absence does not end it.
const INVITATION_DAYS: i64 = 7;

/// A new invitation.
pub struct NewInvitation {
    /// Login to create together with the user.
    pub login: Login,
    /// Salt for the e-mail, if it has none yet.
    pub salt: LoginSalt,
    /// Token for the person; it is shown once.
    pub token: Token,
    /// Time from which the invitation is refused.
    pub expires_at: Timestamp,
}

/// Makes an invitation for the login of this user, with the token for the person.
pub fn mint_invitation(user: &User, key: &LoginKey, moment: &Moment) -> (Invitation, Token) {
    let token = Token::mint(TokenKind::Invitation, user.account_id, user.id, key, moment);
    let expires_at = moment.now + SignedDuration::from_hours(24 * INVITATION_DAYS);
    (Invitation { token_hash: token.hash(), expires_at }, token)
}

/// Invites a person, who will log in with this e-mail.
pub fn invite(user: &User, email: &str, moment: &Moment) -> NewInvitation {
    let key = login_key(email);
    let (invitation, token) = mint_invitation(user, &key, moment);
    let expires_at = invitation.expires_at;
    let salt = LoginSalt::mint(key.clone(), moment);
    let login = Login {
        key,
        account_id: user.account_id,
        user_id: user.id,
        user_name: user.name.clone(),
        password_hash: None,
        two_factor: None,
        session_epoch: 0,
        is_compared: false,
        pending_secret: None,
        invitation: Some(invitation),
        version: 0,
    };
    NewInvitation { login, salt, token, expires_at }
}
