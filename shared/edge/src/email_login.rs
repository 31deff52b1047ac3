//! The login of the e-mail in the query of a list.

use domain::access::Login;
use domain::kernel::{EMAIL_LENGTH_MAX, Error};
use gate::login_key;
use store::Key;

use crate::rows::Rows;
use crate::target::{Target, TargetScope};

/// The login of the `email` in the query, if the account has one.
pub struct EmailLogin(pub Option<Login>);

impl EmailLogin {
    fn key(scope: &TargetScope<'_>) -> Option<Key> {
        let mut query = form_urlencoded::parse(scope.query.as_bytes());
        // A text that is too long is refused later, with the rest of the input.
        let email = query.find(|(name, value)| name == "email" && value.len() <= EMAIL_LENGTH_MAX);
        email.map(|(_, email)| Key::Login(login_key(&email), scope.account_id))
    }
}

impl Target for EmailLogin {
    fn keys(scope: &TargetScope<'_>) -> Result<Vec<Key>, Error> {
        Ok(Self::key(scope).into_iter().collect())
    }

    fn read(scope: &TargetScope<'_>, rows: &Rows) -> Result<Self, Error> {
        let login = Self::key(scope).map(|key| rows.find(&key)).transpose()?;
        Ok(Self(login.flatten()))
    }
}
