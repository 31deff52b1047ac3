//! What a person logs in with: password, second factor, invitation.
use crate::kernel::{AccountId, UserId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Names the login of one e-mail address: the first half of its SHA-256, in hexadecimal, so that
/// keys and tokens hold no address.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LoginKey(String);

impl LoginKey {
    /// Wraps 32 hexadecimal digits.
    pub fn from_hex(hex: &str) -> Option<Self> {
        let digits = hex.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        (hex.len() == 32 && digits).then(|| Self(hex.to_owned()))
    }

    /// The 32 digits.
    pub fn as_hex(&self) -> &str {
        &self.0
    }
}

/// The second factor of a person. The secret is sealed under the pepper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TwoFactor {
    /// The sealed TOTP secret.
    pub sealed_secret: String,
    /// The 30-second step of the last code used; only later ones are accepted. 0 before the first.
    pub last_step: u64,
    /// argon2id hashes of the recovery codes; a used one is empty.
    pub recovery_hashes: Vec<String>,
}

/// An invitation that was not accepted yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// Hexadecimal SHA-256 of the token.
    pub token_hash: String,
    /// From then on it is refused.
    pub expires_at: Timestamp,
}

/// What a person logs in with.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Login {
    /// Its key, made from the e-mail.
    pub key: LoginKey,
    /// The account.
    pub account_id: AccountId,
    /// The person.
    pub user_id: UserId,
    /// argon2id, PHC string; none before the invitation is accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password_hash: Option<String>,
    /// The second factor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub two_factor: Option<TwoFactor>,
    /// A sealed TOTP secret that waits for its first code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pending_secret: Option<String>,
    /// The open invitation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invitation: Option<Invitation>,
    /// Counts the changes.
    pub version: u64,
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login").field("user_id", &self.user_id).finish_non_exhaustive()
    }
}
