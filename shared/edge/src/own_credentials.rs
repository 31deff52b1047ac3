//! The credentials of the person who calls.

use domain::access::{AttemptKind, Login, LoginSalt, LoginThrottle, Session};
use domain::kernel::Error;
use jiff::Timestamp;
use store::Key;

use crate::rows::Rows;
use crate::target::{Target, TargetScope};

/// The login of the person who calls.
pub struct OwnLogin(pub Login);

impl OwnLogin {
    fn key(scope: &TargetScope<'_>) -> Result<Key, Error> {
        let key = scope.login_key.cloned().ok_or(Error::NotFound("login"))?;
        Ok(Key::Login(key, scope.account_id))
    }
}

impl Target for OwnLogin {
    fn keys(scope: &TargetScope<'_>) -> Result<Vec<Key>, Error> {
        Ok(vec![Self::key(scope)?])
    }

    fn read(scope: &TargetScope<'_>, rows: &Rows) -> Result<Self, Error> {
        rows.require(&Self::key(scope)?, "login").map(Self)
    }
}

/// The session of the person who calls.
pub struct OwnSession(pub Session);

impl OwnSession {
    fn key(scope: &TargetScope<'_>) -> Result<Key, Error> {
        let session_id = scope.session_id.ok_or(Error::NotFound("session"))?;
        Ok(Key::Session(scope.account_id, scope.user_id, session_id))
    }
}

impl Target for OwnSession {
    fn keys(scope: &TargetScope<'_>) -> Result<Vec<Key>, Error> {
        Ok(vec![Self::key(scope)?])
    }

    fn read(scope: &TargetScope<'_>, rows: &Rows) -> Result<Self, Error> {
        rows.require(&Self::key(scope)?, "session").map(Self)
    }
}

/// What the person who calls needs to set another password.
pub struct OwnPassword {
    /// Login of the person.
    pub login: Login,
    /// Salt of the e-mail.
    pub salt: Option<LoginSalt>,
}

impl OwnPassword {
    fn keys(scope: &TargetScope<'_>) -> Result<[Key; 2], Error> {
        let key = scope.login_key.cloned().ok_or(Error::NotFound("login"))?;
        Ok([Key::Login(key.clone(), scope.account_id), Key::LoginSalt(key)])
    }
}

impl Target for OwnPassword {
    fn keys(scope: &TargetScope<'_>) -> Result<Vec<Key>, Error> {
        Self::keys(scope).map(Vec::from)
    }

    fn read(scope: &TargetScope<'_>, rows: &Rows) -> Result<Self, Error> {
        let [login, salt] = Self::keys(scope)?;
        Ok(Self { login: rows.require(&login, "login")?, salt: rows.find(&salt)? })
    }
}

/// The failed two-factor codes and passwords of the person who calls, inside their sessions of this
/// account.
pub struct OwnStepUpThrottle(pub Option<LoginThrottle>);

impl OwnStepUpThrottle {
    /// Returns the count of failed attempts, for the next attempt.
    ///
    /// # Errors
    ///
    /// Refuses the attempt while the caller must wait.
    pub fn next(&self, login: &Login, now: Timestamp) -> Result<LoginThrottle, Error> {
        LoginThrottle::next_step_up(self.0.clone(), login, now)
    }

    fn key(scope: &TargetScope<'_>) -> Result<Key, Error> {
        let login = scope.login_key.cloned().ok_or(Error::NotFound("login"))?;
        Ok(Key::LoginThrottle(login, AttemptKind::StepUp(scope.account_id)))
    }
}

impl Target for OwnStepUpThrottle {
    fn keys(scope: &TargetScope<'_>) -> Result<Vec<Key>, Error> {
        Ok(vec![Self::key(scope)?])
    }

    fn read(scope: &TargetScope<'_>, rows: &Rows) -> Result<Self, Error> {
        rows.find(&Self::key(scope)?).map(Self)
    }
}
