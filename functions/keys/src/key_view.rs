//! An API key as the API shows it, and the check of its allow-list.

use domain::access::{ApiKey, KeyId};
use domain::kernel::{Error, Flaw, UserId, Violation};
use gate::{IP_RANGES_MAX, parse_range, written};
use ipnet::IpNet;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

/// An API key, without its secret.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ApiKey")]
pub struct KeyView {
    /// Id of the API key.
    id: KeyId,
    /// User that the key belongs to; the key has the permissions of this user.
    user_id: UserId,
    /// Name of the key for people.
    name: String,
    /// Addresses from which Trilho accepts the key.
    ip_allowlist: Vec<String>,
    /// Time from which Trilho refuses the key; null if it does not expire.
    #[serde(serialize_with = "domain::kernel::milliseconds")]
    expires_at: Option<Timestamp>,
    /// Time until which Trilho also accepts the secret from before the last rotation.
    #[serde(serialize_with = "domain::kernel::milliseconds")]
    previous_secret_expires_at: Option<Timestamp>,
    /// Time of the last use, to the minute; null if the key was never used.
    #[serde(serialize_with = "domain::kernel::milliseconds")]
    last_used_at: Option<Timestamp>,
    /// Time at which the API key was created.
    #[serde(serialize_with = "domain::kernel::milliseconds")]
    created_at: Timestamp,
}

impl From<&ApiKey> for KeyView {
    fn from(key: &ApiKey) -> Self {
        Self {
            id: key.id.clone(),
            user_id: key.user_id,
            name: key.name.clone(),
            ip_allowlist: key.ip_allowlist.iter().map(written).collect(),
            expires_at: key.expires_at,
            previous_secret_expires_at: key.previous.as_ref().map(|previous| previous.expires_at),
            last_used_at: key.last_used_at,
            created_at: key.created_at,
        }
    }
}

/// A new key, or a key with a new secret. Only this answer shows the secret.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "NewApiKey")]
pub struct ApiKeySecretView {
    #[serde(flatten)]
    pub(crate) key: KeyView,
    /// The API key. Only this answer shows it.
    pub(crate) api_key: String,
}

/// Returns a key as the audit trail shows it.
pub(crate) fn audited(key: &ApiKey) -> Value {
    let time = |at: Timestamp| format!("{at:.3}");
    let previous = key.previous.as_ref();
    json!({
        "name": key.name,
        "user_id": key.user_id,
        "ip_allowlist": key.ip_allowlist.iter().map(written).collect::<Vec<_>>(),
        "expires_at": key.expires_at.map(time),
        "previous_secret_expires_at": previous.map(|previous| time(previous.expires_at)),
    })
}

/// Reads an allow-list of 1 to 100 ranges. The result is canonical and has no duplicates.
pub(crate) fn ip_allowlist(texts: &[String]) -> Result<Vec<IpNet>, Error> {
    if texts.is_empty() || texts.len() > IP_RANGES_MAX {
        let detail = format!("the allow-list must have 1 to {IP_RANGES_MAX} addresses or ranges");
        return Err(Error::invalid("ip_allowlist", Flaw::WrongLength, detail));
    }
    let mut ranges = Vec::with_capacity(texts.len());
    let mut violations = Vec::new();
    for (index, text) in texts.iter().enumerate() {
        match parse_range(text) {
            Ok(range) => ranges.push(range),
            Err(error) => {
                let flaw = match error {
                    gate::RangeError::Format => Flaw::InvalidFormat,
                    gate::RangeError::HostBits(_) => Flaw::HostBitsSet,
                };
                let field = format!("ip_allowlist[{index}]");
                violations.push(Violation::new(field, flaw, error.to_string()));
            }
        }
    }
    if !violations.is_empty() {
        return Err(Error::Invalid(violations));
    }
    ranges.sort_unstable();
    ranges.dedup();
    Ok(ranges)
}
