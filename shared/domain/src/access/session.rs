//! A person's session. The token is random; only its SHA-256 is stored.
use crate::kernel::{AccountId, UserId};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// A session unused for this long is over.
pub const SESSION_IDLE: SignedDuration = SignedDuration::from_mins(30);
/// A session this old is over, however much it is used.
pub const SESSION_ABSOLUTE: SignedDuration = SignedDuration::from_hours(12);

/// A session as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Hexadecimal SHA-256 of the token.
    pub token_hash: String,
    /// The account.
    pub account_id: AccountId,
    /// The person.
    pub user_id: UserId,
    /// Whether the second factor was shown in it; without, it only reads.
    pub two_factor: bool,
    /// When it was opened.
    pub created_at: Timestamp,
    /// The last use, to the minute.
    pub last_used_at: Timestamp,
}

impl Session {
    /// The time it ends at, if it is not used again.
    pub fn expires_at(&self) -> Timestamp {
        (self.last_used_at + SESSION_IDLE).min(self.created_at + SESSION_ABSOLUTE)
    }

    /// Whether it is over.
    pub fn has_expired(&self, now: Timestamp) -> bool {
        self.expires_at() <= now
    }
}
