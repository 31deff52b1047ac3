//! A secret with versions, fetched from Secrets Manager and cached for five minutes. After that, a
//! request that needs it fails while Secrets Manager does not answer.

use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_secretsmanager::Client;
use domain::kernel::{Error, Moment};
use gate::{Peppers, sha256_hex};
use jiff::{SignedDuration, Timestamp};

/// How long a fetched secret is used. A rotation is seen within this time, and an outage of Secrets
/// Manager this long has no effect.
pub const PEPPER_CACHE: SignedDuration = SignedDuration::from_mins(5);

/// Shortest time between two fetches because of a version that a caller names. Any caller of a public
/// operation can name one, so an instance fetches this often and no more.
const NAMED_VERSION_INTERVAL: SignedDuration = SignedDuration::from_secs(10);

type CachedSecret = (Timestamp, Arc<Peppers>);

/// A secret and the client that fetches it.
pub struct Secrets {
    client: Client,
    variable: &'static str,
    secret_id: Option<String>,
    fetched: Mutex<Option<CachedSecret>>,
}

impl Secrets {
    /// Makes the secret that `variable` names, if this function has one. Fetches nothing yet.
    pub fn new(client: Client, variable: &'static str, secret_id: Option<String>) -> Self {
        Self { client, variable, secret_id, fetched: Mutex::new(None) }
    }

    /// Returns the name of the secret. It is an internal error if the function has none.
    fn id(&self) -> Result<&str, Error> {
        let missing = || Error::internal(format!("{} is not set", self.variable));
        self.secret_id.as_deref().ok_or_else(missing)
    }

    /// Returns the versions of the secret, at most five minutes old.
    pub async fn peppers(&self, now: Timestamp) -> Result<Arc<Peppers>, Error> {
        let fetched = self.fetched.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match fetched {
            Some((at, peppers)) if now.duration_since(at) < PEPPER_CACHE => Ok(peppers),
            _ => self.fetch(now).await,
        }
    }

    /// Returns the versions of the secret, fetched again if a caller names a newer version than the cached
    /// ones. The version may be an invention, so it fetches at most once in ten seconds.
    pub async fn peppers_with(&self, version: u32, now: Timestamp) -> Result<Arc<Peppers>, Error> {
        let peppers = self.peppers(now).await?;
        let fetched = self.fetched.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let is_old = fetched.is_none_or(|(at, _)| now.duration_since(at) >= NAMED_VERSION_INTERVAL);
        if peppers.is_outdated_by(version) && is_old { self.fetch(now).await } else { Ok(peppers) }
    }

    /// Fetches the versions of the secret now. Needed when a row names a newer version than the
    /// cached ones.
    pub async fn fetch(&self, now: Timestamp) -> Result<Arc<Peppers>, Error> {
        let response = self.client.get_secret_value().secret_id(self.id()?).send().await;
        let response = response.map_err(Error::unavailable)?;
        let text = response.secret_string().unwrap_or_default();
        let peppers = Arc::new(Peppers::parse(text).map_err(Error::unavailable)?);
        let mut fetched = self.fetched.lock().unwrap_or_else(PoisonError::into_inner);
        *fetched = Some((now, Arc::clone(&peppers)));
        Ok(peppers)
    }

    /// Adds a new version, makes it current and returns its number.
    ///
    /// # Errors
    ///
    /// `Error::Stale` if another call rotated the secret at the same moment. That rotation is kept and
    /// this one was not written.
    pub async fn rotate(&self, moment: &Moment) -> Result<u32, Error> {
        let id = self.id()?;
        let read = self.client.get_secret_value().secret_id(id).send().await;
        let read = read.map_err(Error::unavailable)?;
        let text = read.secret_string().unwrap_or_default();
        let (version, next) = Peppers::parse(text).map_err(Error::internal)?.next(moment);
        let token = put_token(id, read.version_id().unwrap_or_default(), version);
        let put = self.client.put_secret_value().secret_id(id).client_request_token(token);
        match put.secret_string(next.as_str()).send().await {
            Ok(_) => Ok(version),
            Err(error) => match error.as_service_error() {
                Some(refusal) if refusal.is_resource_exists_exception() => Err(Error::Stale),
                _ => Err(Error::unavailable(error)),
            },
        }
    }
}

/// Returns the token of a change, in the form of a UUID. It is made from the version that the change
/// is based on, so two changes of the same text at the same moment have the same token. Secrets
/// Manager keeps the first text under a token and refuses every other.
fn put_token(id: &str, base_version_id: &str, version: u32) -> String {
    let hex = sha256_hex(format!("{id}\n{base_version_id}\n{version}").as_bytes());
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..32]].join("-")
}
