//! A key as the API shows it, and the reading of its addresses.

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
    /// Its id.
    id: KeyId,
    /// Whose permissions it carries.
    user_id: UserId,
    /// What people call it.
    name: String,
    /// The only addresses it is accepted from.
    ip_allowlist: Vec<String>,
    /// From then on it is refused.
    expires_at: Option<Timestamp>,
    /// Until then the secret before the last rotation is accepted too.
    previous_secret_expires_at: Option<Timestamp>,
    /// The last use, to the minute.
    last_used_at: Option<Timestamp>,
    /// When it was made.
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

/// A new key or a new secret; the only answer that ever holds it.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "NewApiKey")]
pub struct ApiKeySecretView {
    #[serde(flatten)]
    pub(crate) key: KeyView,
    /// The key itself. Shown this once.
    pub(crate) api_key: String,
}

/// A key in the audit trail.
pub(crate) fn audited(key: &ApiKey) -> Value {
    json!({
        "name": key.name,
        "user_id": key.user_id,
        "ip_allowlist": key.ip_allowlist.iter().map(written).collect::<Vec<_>>(),
        "expires_at": key.expires_at,
        "previous_secret_expires_at": key.previous.as_ref().map(|previous| previous.expires_at),
    })
}

/// Reads the addresses: 1 to 100, canonical, each once.
pub(crate) fn ip_allowlist(texts: &[String]) -> Result<Vec<IpNet>, Error> {
    if texts.is_empty() || texts.len() > IP_RANGES_MAX {
        let detail = format!("a key lists 1 to {IP_RANGES_MAX} addresses or ranges");
        return Err(Error::invalid("ip_allowlist", Flaw::WrongLength, detail));
    }
    let mut ranges = Vec::with_capacity(texts.len());
    let mut violations = Vec::new();
    for (place, text) in texts.iter().enumerate() {
        match parse_range(text) {
            Ok(range) => ranges.push(range),
            Err(error) => {
                let flaw = match error {
                    gate::RangeError::Format => Flaw::InvalidFormat,
                    gate::RangeError::HostBits(_) => Flaw::HostBitsSet,
                };
                let field = format!("ip_allowlist[{place}]");
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
