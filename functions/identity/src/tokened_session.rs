//! A session with a new token, and the cookie that holds it.

use domain::access::{LoginKey, Session};
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
    /// Gives the session a new token and a new id. The longest time of the session still counts from
    /// its log-in.
    pub(crate) fn renew(
        before: &Session,
        login_key: &LoginKey,
        plain_cookie: bool,
        moment: &Moment,
    ) -> Self {
        let (account_id, user_id) = (before.account_id, before.user_id);
        let token = Token::mint(TokenKind::Session, account_id, user_id, login_key, moment);
        let session = Session {
            id: token.session_id,
            token_hash: token.hash(),
            created_at: moment.now,
            last_used_at: moment.now,
            ..before.clone()
        };
        let (now, ends_at) = (moment.now, session.ends_at());
        let cookie = edge::session_cookie(plain_cookie, token.reveal(), now, ends_at);
        Self { session, cookie }
    }
}
