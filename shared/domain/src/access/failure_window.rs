//! The limit of failed log-ins on an e-mail from all addresses, and from an address on all e-mails.
//!
//! The delay of [`crate::access::LoginThrottle`] belongs to one e-mail and one address, so a stranger
//! delays only themselves. These limits are against guesses from many addresses, and against one
//! address that tries many e-mails. They do not apply to an address from which the person has logged
//! in before.
use crate::access::{AddressDigest, LoginKey};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// Failed log-ins on an e-mail in a window. One address alone cannot reach it: its own delay allows 15
/// in an hour.
const LOGIN_FAILURES_MAX: u32 = 20;
/// The window of an e-mail.
const LOGIN_WINDOW: SignedDuration = SignedDuration::from_hours(1);
/// Failed log-ins from an address in a window. People of one office share an address.
const ADDRESS_FAILURES_MAX: u32 = 100;
/// The window of an address.
const ADDRESS_WINDOW: SignedDuration = SignedDuration::from_mins(15);

/// What the failures have in common.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureSubject {
    /// An e-mail, known or unknown.
    Login(LoginKey),
    /// The address of the caller.
    Address(AddressDigest),
}

/// The failed log-ins of a period that began with the first of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailureWindow {
    /// What the failures have in common.
    pub subject: FailureSubject,
    /// Number of failures in the window.
    pub failures: u32,
    /// End of the window.
    pub ends_at: Timestamp,
    /// Number of changes so far.
    pub version: u64,
}

impl FailureWindow {
    /// Returns a window without failures.
    pub fn none(subject: FailureSubject, now: Timestamp) -> Self {
        Self { subject, failures: 0, ends_at: now, version: 0 }
    }

    /// Counts one more failure. The first failure after the end begins a new window.
    #[must_use]
    pub fn after_failure(mut self, now: Timestamp) -> Self {
        if now >= self.ends_at {
            let (_, window) = self.limit();
            (self.failures, self.ends_at) = (0, now + window);
        }
        self.failures = self.failures.saturating_add(1);
        self
    }

    /// Forgets the failures.
    #[must_use]
    pub fn cleared(mut self, now: Timestamp) -> Self {
        (self.failures, self.ends_at) = (0, now);
        self
    }

    /// Returns the whole seconds until an attempt is checked. Returns `None` if it is checked now.
    pub fn seconds_left(&self, now: Timestamp) -> Option<u64> {
        let (failures_max, _) = self.limit();
        let left = self.ends_at.duration_since(now);
        let is_refused = self.failures >= failures_max && left > SignedDuration::ZERO;
        is_refused.then(|| u64::try_from(left.as_millis().saturating_add(999) / 1_000).unwrap_or(1))
    }

    const fn limit(&self) -> (u32, SignedDuration) {
        match self.subject {
            FailureSubject::Login(_) => (LOGIN_FAILURES_MAX, LOGIN_WINDOW),
            FailureSubject::Address(_) => (ADDRESS_FAILURES_MAX, ADDRESS_WINDOW),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::{AttemptKind, LoginThrottle};

    fn second(second: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_secs(second)
    }

    fn login() -> LoginKey {
        LoginKey::from_hex(&"a".repeat(32)).expect("hexadecimal")
    }

    #[test]
    fn a_full_window_refuses_until_its_end_and_then_begins_again() {
        let digest = AddressDigest::of_mac(&[3; 32]);
        for (subject, limit, seconds) in [
            (FailureSubject::Login(login()), 20, 3_600),
            (FailureSubject::Address(digest), 100, 900),
        ] {
            let mut window = FailureWindow::none(subject, second(0));
            for _ in 0..limit {
                assert_eq!(window.seconds_left(second(1)), None);
                window = window.after_failure(second(0));
            }
            assert_eq!(window.seconds_left(second(1)), Some(seconds - 1));
            let end = i64::try_from(seconds).expect("an hour");
            assert_eq!(window.seconds_left(second(end)), None);
            assert_eq!(window.clone().after_failure(second(end)).failures, 1);
            assert_eq!(window.cleared(second(1)).seconds_left(second(1)), None);
        }
    }

    /// So that one sender cannot lock an e-mail for the others.
    #[test]
    fn one_address_alone_cannot_fill_the_window_of_an_email() {
        let kind = AttemptKind::LogIn(AddressDigest::of_mac(&[3; 32]));
        let mut own = LoginThrottle::none(login(), kind, second(0));
        let mut window = FailureWindow::none(FailureSubject::Login(login()), second(0));
        for now in (0..86_400).map(second) {
            // As many attempts as the delay of the address allows.
            while own.seconds_left(now).is_none() {
                own = own.after_failure(now);
                window = window.after_failure(now);
            }
            assert_eq!(window.seconds_left(now), None);
        }
    }
}
