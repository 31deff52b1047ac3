//! The delay after failed log-ins and failed two-factor codes.
use crate::access::LoginKey;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

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
