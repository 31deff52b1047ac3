//! An API key as it is stored, without its secret.
use crate::kernel::{AccountId, Error, Moment, UserId};
use ipnet::IpNet;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Most API keys of one user. The limit lets one transaction delete a user with all keys.
pub const API_KEYS_PER_USER_MAX: usize = 20;

/// The id of a key: 12 letters and digits, of which 7 are the time (base62 milliseconds) and 5 are
/// random.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct KeyId(String);

impl KeyId {
    /// Mints an id at this moment.
    pub fn mint(moment: &Moment) -> Self {
        // 62^7 milliseconds reach the year 2081; ids need to sort only until then.
        let milliseconds = u64::try_from(moment.now.as_millisecond()).unwrap_or(0) % 62_u64.pow(7);
        Self(format!("{:0>7}{}", base62::encode(milliseconds), moment.base62(5)))
    }

    /// Reads the bare 12 characters. Returns `None` if the text has another form.
    pub fn from_bare(bare: &str) -> Option<Self> {
        (bare.len() == 12 && bare.bytes().all(|byte| byte.is_ascii_alphanumeric()))
            .then(|| Self(bare.to_owned()))
    }

    /// Reads `key_` and the 12 characters.
    pub fn parse(text: &str) -> Result<Self, Error> {
        text.strip_prefix("key_").and_then(Self::from_bare).ok_or(Error::NotFound("API key"))
    }

    /// Returns the bare 12 characters, as they are part of the key itself.
    pub fn bare(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "key_{}", self.0)
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl From<KeyId> for String {
    fn from(id: KeyId) -> Self {
        id.to_string()
    }
}

impl TryFrom<String> for KeyId {
    type Error = Error;
    fn try_from(text: String) -> Result<Self, Error> {
        Self::parse(&text)
    }
}

impl JsonSchema for KeyId {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "KeyId".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^key_[0-9A-Za-z]{12}$" })
    }
}

/// The secret before the last rotation, which is accepted until the overlap ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviousSecret {
    /// Hexadecimal HMAC-SHA-256 of the whole key.
    pub hash: String,
    /// Version of the pepper that made `hash`.
    pub pepper_version: u32,
    /// Time from which the secret is refused.
    pub expires_at: Timestamp,
}

/// An API key of a user. `hash` is the HMAC-SHA-256 of the whole key under one version of the
/// pepper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiKey {
    /// Id of the key, which is also part of its text.
    pub id: KeyId,
    /// Account that the key opens.
    pub account_id: AccountId,
    /// User with the permissions of the key.
    pub user_id: UserId,
    /// Name for people.
    pub name: String,
    /// Hexadecimal HMAC-SHA-256 of the whole key.
    pub hash: String,
    /// Version of the pepper that made `hash`.
    pub pepper_version: u32,
    /// Previous secret during the overlap.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<PreviousSecret>,
    /// Addresses from which the key is accepted; 1 to 100 canonical ranges.
    pub ip_allowlist: Vec<IpNet>,
    /// Time from which the key is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// Time of the last use, to the minute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used_at: Option<Timestamp>,
    /// Time at which the key was created.
    pub created_at: Timestamp,
    /// Number of changes so far.
    pub version: u64,
}

impl ApiKey {
    /// Returns true if the key has expired.
    pub fn has_expired(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|at| at <= now)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::kernel::Entropy;

    struct Zeros;

    impl Entropy for Zeros {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(0);
        }
    }

    #[test]
    fn key_ids_sort_by_time() {
        let at = |second| {
            KeyId::mint(&Moment::new(
                Timestamp::from_second(second).expect("in range"),
                Arc::new(Zeros),
            ))
        };
        assert!(at(1_795_000_000) < at(1_795_000_001));
        assert!(at(1_795_000_001) < at(1_895_000_000));
        assert_eq!(
            KeyId::parse(&at(1_795_000_000).to_string()).expect("own form"),
            at(1_795_000_000)
        );
    }
}
