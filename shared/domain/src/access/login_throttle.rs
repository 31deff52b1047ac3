//! The delay after failed log-ins from one address, and after failed two-factor codes and passwords.
use crate::access::{AddressDigest, LoginKey};
use crate::kernel::AccountId;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// The kind of attempt. Each kind has its own count, so that an attacker who guesses at the log-in
/// of a known e-mail cannot keep its owner, who is already logged in, from revoking a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttemptKind {
    /// Log-in, by a caller at this address.
    LogIn(AddressDigest),
    /// Two-factor code or password inside a session of this account. A success in one account must
    /// not clear the failures of another.
    StepUp(AccountId),
}

/// The failed attempts on one e-mail, known or unknown, and the time from which the next attempt is
/// checked. For log-ins, those from one address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoginThrottle {
    /// Login that is attempted.
    pub key: LoginKey,
    /// Kind of attempt.
    pub kind: AttemptKind,
    /// Failures since the last success.
    pub failures: u32,
    /// Time before which attempts are refused without a check.
    pub retry_at: Timestamp,
    /// Time of the last successful log-in from the address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logged_in_at: Option<Timestamp>,
    /// Number of changes so far.
    pub version: u64,
}

/// Failures without a delay, because people mistype.
const FREE_FAILURES: u32 = 2;
/// How long an address is known from which the person has logged in.
const OWNER_TTL: SignedDuration = SignedDuration::from_hours(90 * 24);
/// How long failures count after the last delay if no success clears them.
const FAILURES_TTL: SignedDuration = SignedDuration::from_hours(24);
/// Longest delay in seconds, so that an attacker cannot lock out the owner for long.
const THROTTLE_SECONDS_MAX: i64 = 900;

impl LoginThrottle {
    /// Returns a throttle without failures.
    pub fn none(key: LoginKey, kind: AttemptKind, now: Timestamp) -> Self {
        Self { key, kind, failures: 0, retry_at: now, logged_in_at: None, version: 0 }
    }

    /// Counts one more failure. The third failure delays by 1 s, and each further failure doubles
    /// the delay, up to 15 minutes.
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

    /// Forgets the failures and remembers the address.
    #[must_use]
    pub fn after_log_in(mut self, now: Timestamp) -> Self {
        (self.failures, self.retry_at, self.logged_in_at) = (0, now, Some(now));
        self
    }

    /// Remembers the address. Forgets no failure, except a day after the last delay, when the row of
    /// an address that is not remembered ends.
    #[must_use]
    pub fn with_known_address(mut self, now: Timestamp) -> Self {
        if self.retry_at + FAILURES_TTL < now {
            self.failures = 0;
        }
        self.logged_in_at = Some(now);
        self
    }

    /// Returns true if the person has logged in from the address lately.
    pub fn is_known(&self, now: Timestamp) -> bool {
        self.logged_in_at.is_some_and(|at| now < at + OWNER_TTL)
    }

    /// Returns the time after which the row says nothing.
    pub fn ends_at(&self) -> Timestamp {
        let known_until = self.logged_in_at.map(|at| at + OWNER_TTL);
        known_until.into_iter().fold(self.retry_at, Timestamp::max)
    }

    /// Returns the whole seconds until an attempt is checked. Returns `None` if it is checked now.
    pub fn seconds_left(&self, now: Timestamp) -> Option<u64> {
        let left = self.retry_at.duration_since(now);
        (left > SignedDuration::ZERO).then(|| {
            u64::try_from(left.as_millis().saturating_add(999) / 1_000).unwrap_or(1).max(1)
        })
    }
}

#[cfg(test)]
mod tests {
    use ulid::Ulid;

    use super::*;
    use crate::kernel::Id;

    #[test]
    fn the_delay_doubles_after_two_free_failures_and_stops_at_fifteen_minutes() {
        let now = Timestamp::UNIX_EPOCH;
        let key = LoginKey::from_hex(&"a".repeat(32)).expect("hexadecimal");
        let kind = AttemptKind::StepUp(AccountId::from_ulid(Ulid::nil()));
        let mut throttle = LoginThrottle::none(key, kind, now);
        let mut seconds = Vec::new();
        for _ in 0..14 {
            throttle = throttle.after_failure(now);
            seconds.push(throttle.seconds_left(now).unwrap_or(0));
        }
        assert_eq!(seconds, [0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]);
    }

    #[test]
    fn a_known_address_forgets_no_failure() {
        let now = Timestamp::UNIX_EPOCH;
        let key = LoginKey::from_hex(&"a".repeat(32)).expect("hexadecimal");
        let kind = AttemptKind::StepUp(AccountId::from_ulid(Ulid::nil()));
        let failed = LoginThrottle::none(key, kind, now).after_failure(now).after_failure(now);
        let known = failed.after_failure(now).with_known_address(now);
        assert!(known.is_known(now));
        assert_eq!((known.failures, known.seconds_left(now)), (3, Some(1)));
        let next_day = known.retry_at + FAILURES_TTL;
        assert_eq!(known.clone().with_known_address(next_day).failures, 3);
        let later = next_day + SignedDuration::from_secs(1);
        assert_eq!(known.with_known_address(later).failures, 0);
    }
}
