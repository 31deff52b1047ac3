//! A session with a new token, and the cookie that holds it.

use std::net::IpAddr;

use domain::access::{Login, LoginKey, Session, User};
use domain::kernel::Moment;
use gate::{Token, TokenKind};

/// A session with a new token.
pub(crate) struct TokenedSession {
    /// Session to store.
    pub(crate) session: Session,
    /// `Set-Cookie` header with the token.
    pub(crate) cookie: String,
}

impl TokenedSession {
    /// Opens a session of the person with this login.
    pub(crate) fn open(login: &Login, ip: IpAddr, plain_cookie: bool, moment: &Moment) -> Self {
        let (account_id, user_id) = (login.account_id, login.user_id);
        let token = Token::mint(TokenKind::Session, account_id, user_id, &login.key, moment);
        let session = Session {
            id: token.session_id,
            token_hash: token.hash(),
            account_id,
            user_id,
            epoch: login.session_epoch,
            two_factor: login.two_factor.is_some(),
            ip,
            logged_in_at: moment.now,
            created_at: moment.now,
            last_used_at: moment.now,
        };
        Self::with_cookie(session, &token, plain_cookie, moment)
    }

    /// Gives the session a new token, a new id and the epoch of its user. The longest time of the session
    /// still counts from its log-in.
    pub(crate) fn renew(
        before: &Session,
        user: &User,
        login_key: &LoginKey,
        plain_cookie: bool,
        moment: &Moment,
    ) -> Self {
        let token = Token::mint(TokenKind::Session, user.account_id, user.id, login_key, moment);
        let session = Session {
            id: token.session_id,
            token_hash: token.hash(),
            epoch: user.session_epoch,
            created_at: moment.now,
            last_used_at: moment.now,
            ..before.clone()
        };
        Self::with_cookie(session, &token, plain_cookie, moment)
    }

    fn with_cookie(session: Session, token: &Token, plain: bool, moment: &Moment) -> Self {
        let ends_at = session.ends_at();
        let cookie = edge::session_cookie(plain, token.reveal(), moment.now, ends_at);
        Self { session, cookie }
    }
}
