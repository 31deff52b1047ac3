//! The pepper, fetched from Secrets Manager and kept for at most five minutes; then fail closed.

use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_secretsmanager::Client;
use domain::Error;
use gate::Peppers;
use jiff::{SignedDuration, Timestamp};

/// How long a fetched pepper is used: a rotation is picked up, and an outage survived, this long.
pub const PEPPER_CACHE: SignedDuration = SignedDuration::from_mins(5);

type Fetched = (Timestamp, Arc<Peppers>);

/// The secret and the client that reaches it.
pub struct Secrets {
    client: Client,
    variable: &'static str,
    secret_id: Option<String>,
    fetched: Mutex<Option<Fetched>>,
}

impl Secrets {
    /// The secret that `variable` names, if this function is given one. Nothing is fetched yet.
    pub fn new(client: Client, variable: &'static str, secret_id: Option<String>) -> Self {
        Self { client, variable, secret_id, fetched: Mutex::new(None) }
    }

    /// The secret's name. Using a secret that the function was not given is a mistake of ours.
    fn id(&self) -> Result<&str, Error> {
        let missing = || Error::internal(format!("{} is not set", self.variable));
        self.secret_id.as_deref().ok_or_else(missing)
    }

    /// The pepper as of at most five minutes ago.
    pub async fn peppers(&self, now: Timestamp) -> Result<Arc<Peppers>, Error> {
        let fetched = self.fetched.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match fetched {
            Some((at, peppers)) if now.duration_since(at) < PEPPER_CACHE => Ok(peppers),
            _ => self.fetch(now).await,
        }
    }

    /// The pepper as it is now: when a row names a newer version than the one at hand.
    pub async fn fetch(&self, now: Timestamp) -> Result<Arc<Peppers>, Error> {
        let answer = self.client.get_secret_value().secret_id(self.id()?).send().await;
        let answer = answer.map_err(Error::unavailable)?;
        let text = answer.secret_string().unwrap_or_default();
        let peppers = Arc::new(Peppers::parse(text).map_err(Error::unavailable)?);
        let mut fetched = self.fetched.lock().unwrap_or_else(PoisonError::into_inner);
        *fetched = Some((now, Arc::clone(&peppers)));
        Ok(peppers)
    }
}
