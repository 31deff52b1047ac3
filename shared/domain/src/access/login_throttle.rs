//! The delay after failed log-ins from one address, and after failed two-factor codes and passwords.
use crate::access::{AddressDigest, Login, LoginKey};
use crate::kernel::{AccountId, Error};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

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
    /// Failures since the last success that clears them, or since a day without any.
    pub failures: u32,
    /// Time before which attempts are refused without a check.
    pub retry_at: Timestamp,
    /// Times of the last successful log-ins from the address, by account.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub logged_in_at: BTreeMap<AccountId, Timestamp>,
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
        Self { key, kind, failures: 0, retry_at: now, logged_in_at: BTreeMap::new(), version: 0 }
    }

    /// Returns the count for the next attempt inside a session of this login; `found` is the stored one.
    ///
    /// # Errors
    ///
    /// Refuses the attempt while the caller must wait.
    pub fn next_step_up(found: Option<Self>, login: &Login, now: Timestamp) -> Result<Self, Error> {
        let kind = AttemptKind::StepUp(login.account_id);
        let throttle = found.unwrap_or_else(|| Self::none(login.key.clone(), kind, now));
        match throttle.seconds_left(now) {
            Some(retry_after_seconds) => Err(Error::too_many_attempts(retry_after_seconds)),
            None => Ok(throttle),
        }
    }

    /// Counts one more failure. The third failure delays by 1 s, and each further failure doubles
    /// the delay, up to 15 minutes.
    #[must_use]
    pub fn after_failure(mut self, now: Timestamp) -> Self {
        self.forget_old_failures(now);
        self.failures = self.failures.saturating_add(1);
        let seconds = match self.failures.checked_sub(FREE_FAILURES + 1) {
            None => 0,
            Some(doublings) => 1_i64.checked_shl(doublings.min(20)).unwrap_or(THROTTLE_SECONDS_MAX),
        };
        self.retry_at = now + SignedDuration::from_secs(seconds.min(THROTTLE_SECONDS_MAX));
        self
    }

    /// Forgets the failures, and remembers the address for this account.
    #[must_use]
    pub fn after_log_in(mut self, account_id: AccountId, now: Timestamp) -> Self {
        (self.failures, self.retry_at) = (0, now);
        self.with_known_address(account_id, now)
    }

    /// Remembers the address for this account, and keeps the failures of the last day.
    #[must_use]
    pub fn with_known_address(mut self, account_id: AccountId, now: Timestamp) -> Self {
        self.forget_old_failures(now);
        self.logged_in_at.retain(|_, at| now < *at + OWNER_TTL);
        self.logged_in_at.insert(account_id, now);
        self
    }

    /// Returns true if the person has logged in to the account from the address lately.
    pub fn is_known(&self, account_id: AccountId, now: Timestamp) -> bool {
        self.logged_in_at.get(&account_id).is_some_and(|at| now < *at + OWNER_TTL)
    }

    /// Returns the time after which the row says nothing.
    pub fn ends_at(&self) -> Timestamp {
        let known_until = self.logged_in_at.values().map(|at| *at + OWNER_TTL);
        known_until.fold(self.retry_at, Timestamp::max)
    }

    fn forget_old_failures(&mut self, now: Timestamp) {
        if self.retry_at + FAILURES_TTL < now {
            self.failures = 0;
        }
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
    fn a_known_address_forgets_failures_only_after_a_day_without_any() {
        let now = Timestamp::UNIX_EPOCH;
        let key = LoginKey::from_hex(&"a".repeat(32)).expect("hexadecimal");
        let [account_id, other] = [1, 2].map(|id| AccountId::from_ulid(Ulid::from_parts(1, id)));
        let kind = AttemptKind::StepUp(account_id);
        let failed = LoginThrottle::none(key, kind, now).after_failure(now).after_failure(now);
        let known = failed.after_failure(now).with_known_address(account_id, now);
        assert!(known.is_known(account_id, now));
        assert!(!known.is_known(other, now));
        assert_eq!((known.failures, known.seconds_left(now)), (3, Some(1)));
        let next_day = known.retry_at + FAILURES_TTL;
        assert_eq!(known.clone().with_known_address(account_id, next_day).failures, 3);
        let later = next_day + SignedDuration::from_secs(1);
        assert_eq!(known.clone().with_known_address(account_id, later).failures, 0);
        assert_eq!(known.after_failure(later).failures, 1);
    }
}
