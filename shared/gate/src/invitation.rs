//! How a person gets in for the first time: a login that waits for its invitation.

use domain::access::{Invitation, Login, User};
use domain::kernel::Moment;
use jiff::{SignedDuration, Timestamp};

use crate::{Token, TokenKind, login_key};

/// How long an invitation can be accepted.
const INVITATION_DAYS: i64 = 7;

/// An invitation as it is made.
pub struct Invited {
    /// To be written together with the person.
    pub login: Login,
    /// To be given to the person, once.
    pub token: Token,
    /// From then on it is refused.
    pub expires_at: Timestamp,
}

/// Invites a person; the e-mail is what they will log in with.
pub fn invite(user: &User, email: &str, moment: &Moment) -> Invited {
    let key = login_key(email);
    let token = Token::mint(TokenKind::Invitation, user.account_id, user.id, &key, moment);
    let expires_at = moment.now + SignedDuration::from_hours(24 * INVITATION_DAYS);
    let login = Login {
        key,
        account_id: user.account_id,
        user_id: user.id,
        password_hash: None,
        two_factor: None,
        pending_secret: None,
        invitation: Some(Invitation { token_hash: token.hash(), expires_at }),
        version: 0,
    };
    Invited { login, token, expires_at }
}
