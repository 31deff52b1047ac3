//! Authenticate: reads the credential of a request, without I/O. Most invalid credentials end here.

use domain::access::AttemptKind;
use domain::kernel::{AccountId, Code, Error, UserId};
use gate::{PresentedKey, Token, TokenKind};
use lambda_http::http::header;
use store::Key;

use crate::incoming::Incoming;
use crate::target::TargetScope;
use crate::{cookie, cross_site};

/// A credential of the right form. Its text names account and user, which the gate proves later.
pub(crate) enum PresentedCredential {
    /// The API key of a program.
    Key(PresentedKey),
    /// The session of a person.
    Session(Token),
}

impl PresentedCredential {
    /// Reads `Authorization`, or else the session cookie. `plain_cookie` is the setting of the
    /// deployment.
    pub(crate) fn read(incoming: &Incoming, plain_cookie: bool) -> Result<Self, Error> {
        if let Some(authorization) = incoming.headers.get(header::AUTHORIZATION) {
            let text = authorization.to_str().unwrap_or_default().trim();
            // A key without the scheme, or with another one, is no credential. Its answer says how to
            // send one.
            let key = text
                .split_once(' ')
                .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
                .map(|(_, key)| PresentedKey::parse(key.trim()))
                .ok_or(Error::Unauthenticated(Code::CredentialMissing))?;
            return key.map(Self::Key).ok_or(Error::Unauthenticated(Code::ApiKeyInvalid));
        }
        let plain = cookie::is_plain(plain_cookie, &incoming.host);
        let token = cookie::session_token(&incoming.headers, plain)
            .ok_or(Error::Unauthenticated(Code::CredentialMissing))?;
        let token = Token::parse(TokenKind::Session, token)
            .ok_or(Error::Unauthenticated(Code::SessionInvalid))?;
        cross_site::check_write(&incoming.method, &incoming.headers, &incoming.host)?;
        Ok(Self::Session(token))
    }

    /// Returns the account in the text of the credential.
    pub(crate) fn account_id(&self) -> AccountId {
        match self {
            Self::Key(key) => key.account_id,
            Self::Session(token) => token.account_id,
        }
    }

    /// Returns the user in the text of the credential.
    pub(crate) fn user_id(&self) -> UserId {
        match self {
            Self::Key(key) => key.user_id,
            Self::Session(token) => token.user_id,
        }
    }

    /// Returns the key of the credential's own row.
    pub(crate) fn row_key(&self) -> Key {
        match self {
            Self::Key(key) => Key::ApiKey(key.account_id, key.id.clone()),
            Self::Session(token) => Key::Session(token.account_id, token.user_id, token.session_id),
        }
    }

    /// Returns the key of the user's row.
    pub(crate) fn user_key(&self) -> Key {
        Key::User(self.account_id(), self.user_id())
    }

    /// Returns the keys of the rows that check a two-factor code: the login and its throttle.
    /// Returns `None` for an API key.
    pub(crate) fn step_up_keys(&self) -> Option<(Key, Key)> {
        match self {
            Self::Key(_) => None,
            Self::Session(token) => Some((
                Key::Login(token.login_key.clone(), token.account_id),
                Key::LoginThrottle(token.login_key.clone(), AttemptKind::StepUp(token.account_id)),
            )),
        }
    }

    /// Returns the keys of the rows that decide about the caller; `with_code` adds those that check a
    /// two-factor code.
    pub(crate) fn keys(&self, with_code: bool) -> Vec<Key> {
        let mut keys = vec![self.row_key(), self.user_key(), Key::Account(self.account_id())];
        let step_up_keys = self.step_up_keys().filter(|_| with_code);
        keys.extend(step_up_keys.into_iter().flat_map(|(login, throttle)| [login, throttle]));
        keys
    }

    /// Returns where the targets of this request are.
    pub(crate) fn target_scope<'a>(
        &'a self,
        operation: &'static str,
        incoming: &'a Incoming,
    ) -> TargetScope<'a> {
        let (login_key, session_id) = match self {
            Self::Key(_) => (None, None),
            Self::Session(token) => (Some(&token.login_key), Some(token.session_id)),
        };
        TargetScope {
            account_id: self.account_id(),
            login_key,
            user_id: self.user_id(),
            session_id,
            path: &incoming.path,
            operation,
            query: &incoming.query,
            body: incoming.json().unwrap_or_default(),
        }
    }
}
