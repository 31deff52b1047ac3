//! People and programs that act for an account, and what people log in with.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{Access, AccountId, KeyId, Permission, Role, UserId};

/// Whether a user is a person or a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum UserKind {
    /// Logs in with e-mail, password and code.
    Human,
    /// Calls with an API key.
    Api,
}

/// Whether a user can act yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum UserStatus {
    /// Has not set a password.
    Invited,
    /// Can act.
    Active,
}

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

/// A user as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// Its id.
    pub id: UserId,
    /// The account it acts for.
    pub account_id: AccountId,
    /// Person or program.
    pub kind: UserKind,
    /// Its name.
    pub name: String,
    /// The address a person logs in with; never changed. A program may have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Bundles of permissions.
    pub roles: BTreeSet<Role>,
    /// Single permissions on top.
    pub permissions: BTreeSet<Permission>,
    /// Whether it can act.
    pub status: UserStatus,
    /// Whether a person has enrolled two-factor.
    pub two_factor: bool,
    /// A session opened before this is over.
    pub sessions_valid_from: Timestamp,
    /// The keys of a program, and when each was made.
    pub api_keys: BTreeMap<KeyId, Timestamp>,
    /// When it was added.
    pub created_at: Timestamp,
    /// Counts the changes.
    pub version: u64,
}

impl User {
    /// What it may do. A person who has not shown a second factor only reads.
    pub fn access(&self, second_factor: bool) -> Access {
        let writes = self.kind == UserKind::Api || (self.two_factor && second_factor);
        Access::of(&self.roles, &self.permissions, writes)
    }

    /// As the audit trail shows it.
    pub fn audited(&self) -> Value {
        json!({
            "name": self.name,
            "kind": self.kind,
            "roles": self.roles,
            "permissions": self.permissions,
            "status": self.status,
            "two_factor": self.two_factor,
        })
    }

    /// Whether it counts as one of the account's moderators.
    pub fn is_acting_moderator(&self) -> bool {
        self.status == UserStatus::Active && self.roles.contains(&Role::Moderator)
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

/// How many moderators can act. Its own row, so that two who demote each other at once meet in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModeratorCount {
    /// The account.
    pub account_id: AccountId,
    /// People with the role who accepted their invitation.
    pub moderators: u64,
}

/// What failed attempts are counted against. Two counts, so that whoever guesses at the log-in of a
/// known e-mail cannot keep its owner, logged in already, from revoking a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttemptKind {
    /// Log-in, by anybody.
    LogIn,
    /// Two-factor codes inside a session.
    StepUp,
}

/// The failed attempts on one e-mail, known or unknown, and when the next one is looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoginThrottle {
    /// Whose.
    pub key: LoginKey,
    /// Where.
    pub kind: AttemptKind,
    /// Attempts since the last success.
    pub failures: u32,
    /// Attempts before this are not looked at.
    pub retry_at: Timestamp,
    /// Counts the changes.
    pub version: u64,
}

/// Failures that cost nothing: people mistype.
const FREE_FAILURES: u32 = 2;
/// The longest delay, so that whoever guesses cannot lock the owner out for good.
const THROTTLE_SECONDS_MAX: i64 = 900;

impl LoginThrottle {
    /// No failures yet.
    pub fn none(key: LoginKey, kind: AttemptKind, now: Timestamp) -> Self {
        Self { key, kind, failures: 0, retry_at: now, version: 0 }
    }

    /// One more failure: 1 s after the third, then doubling up to 15 minutes.
    #[must_use]
    pub fn after_failure(mut self, now: Timestamp) -> Self {
        self.failures = self.failures.saturating_add(1);
        let seconds = match self.failures.checked_sub(FREE_FAILURES + 1) {
            None => 0,
            Some(doublings) => 1_i64.checked_shl(doublings.min(20)).unwrap_or(THROTTLE_SECONDS_MAX),
        };
        self.retry_at = now + SignedDuration::from_secs(seconds.min(THROTTLE_SECONDS_MAX));
        self
    }

    /// Whole seconds until an attempt is looked at; none when it is looked at now.
    pub fn seconds_left(&self, now: Timestamp) -> Option<u64> {
        let left = self.retry_at.duration_since(now);
        (left > SignedDuration::ZERO).then(|| {
            u64::try_from(left.as_millis().saturating_add(999) / 1_000).unwrap_or(1).max(1)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delay_doubles_after_two_free_failures_and_stops_at_fifteen_minutes() {
        let now = Timestamp::UNIX_EPOCH;
        let key = LoginKey::from_hex(&"a".repeat(32)).expect("hexadecimal");
        let mut throttle = LoginThrottle::none(key, AttemptKind::LogIn, now);
        let mut seconds = Vec::new();
        for _ in 0..14 {
            throttle = throttle.after_failure(now);
            seconds.push(throttle.seconds_left(now).unwrap_or(0));
        }
        assert_eq!(seconds, [0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]);
    }
}
