//! The limits of failed log-ins.
//!
//! A failure delays the next attempt on the same e-mail from the same address, so a stranger who fails
//! on purpose delays only themselves. Two wider limits stop guesses from many addresses on one e-mail,
//! and of one address on many e-mails. They do not hold for an address from which the person has logged
//! in before.
//!
//! An attempt writes every limit that it was checked against, at the version that was read. So of many
//! attempts at once, only the first to commit is answered.

use domain::access::{
    AddressDigest, AttemptKind, FailureSubject, FailureWindow, LoginKey, LoginThrottle,
};
use domain::kernel::Error;
use edge::Rows;
use jiff::Timestamp;
use store::{Key, Writes};

/// The limits that apply to an attempt.
pub(crate) struct LogInLimits {
    throttle: LoginThrottle,
    windows: [FailureWindow; 2],
}

impl LogInLimits {
    /// Returns the keys of the rows.
    pub(crate) fn keys(login: &LoginKey, address: AddressDigest) -> [Key; 3] {
        let [on_email, from_address] = subjects(login, address);
        [
            Key::LoginThrottle(login.clone(), AttemptKind::LogIn(address)),
            Key::FailureWindow(on_email),
            Key::FailureWindow(from_address),
        ]
    }

    /// Reads the limits from the rows of their keys.
    pub(crate) fn read(
        rows: &Rows,
        login: &LoginKey,
        address: AddressDigest,
        now: Timestamp,
    ) -> Result<Self, Error> {
        let kind = AttemptKind::LogIn(address);
        let throttle = rows.find(&Key::LoginThrottle(login.clone(), kind))?;
        let window = |subject: FailureSubject| {
            let found = rows.find(&Key::FailureWindow(subject.clone()))?;
            Ok::<_, Error>(found.unwrap_or_else(|| FailureWindow::none(subject, now)))
        };
        let [on_email, from_address] = subjects(login, address);
        Ok(Self {
            throttle: throttle.unwrap_or_else(|| LoginThrottle::none(login.clone(), kind, now)),
            windows: [window(on_email)?, window(from_address)?],
        })
    }

    /// Returns the whole seconds until an attempt is checked. Returns `None` if it is checked now.
    pub(crate) fn seconds_left(&self, now: Timestamp) -> Option<u64> {
        let windows = self.windows.iter().filter(|_| !self.throttle.is_known(now));
        let windows = windows.filter_map(|window| window.seconds_left(now));
        self.throttle.seconds_left(now).into_iter().chain(windows).max()
    }

    /// Adds the steps that count a failure. The address counts every failure, so that an attacker who
    /// knows one password of an office cannot try others from there.
    pub(crate) fn count_failure(self, writes: Writes, now: Timestamp) -> Writes {
        let is_known = self.throttle.is_known(now);
        let [on_email, from_address] = self.windows;
        let writes = writes
            .replace(&self.throttle.after_failure(now))
            .replace(&from_address.after_failure(now));
        if is_known { writes } else { writes.replace(&on_email.after_failure(now)) }
    }

    /// Returns the steps of an attempt that is no guess: they change no count.
    pub(crate) fn unchanged(self, now: Timestamp) -> Writes {
        let is_known = self.throttle.is_known(now);
        let [on_email, from_address] = self.windows;
        let writes = Writes::default().replace(&self.throttle).unchanged(&from_address);
        if is_known { writes } else { writes.replace(&on_email) }
    }

    /// Adds the steps of a success in one of several accounts of the e-mail: the address is known, and
    /// no failure is forgotten, because it can have been a guess at another account.
    pub(crate) fn succeed_in_one_of_several(self, writes: Writes, now: Timestamp) -> Writes {
        let is_known = self.throttle.is_known(now);
        let [on_email, from_address] = self.windows;
        let writes = writes.replace(&self.throttle.with_known_address(now));
        if is_known { writes } else { writes.replace(&on_email).unchanged(&from_address) }
    }

    /// Adds the steps of a success: the failures on the e-mail are forgotten and the address is known.
    /// The failures of the address stay, because they can be on other e-mails. They are only checked, so
    /// that people of one office can log in at the same moment.
    pub(crate) fn succeed(self, writes: Writes, now: Timestamp) -> Writes {
        let is_known = self.throttle.is_known(now);
        let [on_email, from_address] = self.windows;
        let writes = writes.replace(&self.throttle.after_log_in(now));
        if is_known {
            return writes;
        }
        writes.replace(&on_email.cleared(now)).unchanged(&from_address)
    }
}

fn subjects(login: &LoginKey, address: AddressDigest) -> [FailureSubject; 2] {
    [FailureSubject::Login(login.clone()), FailureSubject::Address(address)]
}
