//! The limits of failed log-ins.
//!
//! A failure delays the next attempt on the same e-mail from the same address, so a stranger who fails
//! on purpose delays only themselves. Two wider limits stop guesses from many addresses on one e-mail,
//! and of one address on many e-mails. They do not hold for an account to which the person has logged in
//! from the address before.
//!
//! An attempt writes every limit that it was checked against, at the version that was read. So of many
//! attempts at once, only the first to commit is answered.

use domain::access::{
    AddressDigest, AttemptKind, FailureSubject, FailureWindow, Login, LoginKey, LoginThrottle,
};
use domain::kernel::{AccountId, Error};
use edge::Rows;
use jiff::Timestamp;
use store::{Key, Writes};

/// The limits that apply to an attempt.
pub(crate) struct LogInLimits {
    throttle: LoginThrottle,
    windows: Windows,
    /// True if the address is known for each account whose login is checked.
    is_known: bool,
}

/// The wider limits.
struct Windows {
    on_email: FailureWindow,
    from_address: FailureWindow,
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
            windows: Windows { on_email: window(on_email)?, from_address: window(from_address)? },
            is_known: false,
        })
    }

    /// Returns the logins that are checked. While a wider limit holds, these are the logins of the
    /// accounts for which the address is known.
    ///
    /// # Errors
    ///
    /// Refuses the attempt if the caller must wait.
    pub(crate) fn admit(
        &mut self,
        mut logins: Vec<Login>,
        now: Timestamp,
    ) -> Result<Vec<Login>, Error> {
        let is_known = |login: &Login| self.throttle.is_known(login.account_id, now);
        let Windows { on_email, from_address } = &self.windows;
        let full = on_email.seconds_left(now).max(from_address.seconds_left(now));
        if full.is_some() {
            logins.retain(is_known);
        }
        self.is_known = !logins.is_empty() && logins.iter().all(is_known);
        let full = full.filter(|_| !self.is_known);
        match self.throttle.seconds_left(now).max(full) {
            Some(retry_after_seconds) => Err(Error::too_many_attempts(retry_after_seconds)),
            None => Ok(logins),
        }
    }

    /// Returns the steps that count a failure. The address counts every failure, so that an attacker who
    /// knows one password of an office cannot try others from there.
    pub(crate) fn count_failure(self, now: Timestamp) -> Writes {
        let throttle = self.throttle.after_failure(now);
        self.windows.count_failure(&throttle, self.is_known, now)
    }

    /// Returns the steps of an attempt that is no guess: they change no count.
    pub(crate) fn unchanged(self) -> Writes {
        self.windows.check(&self.throttle, self.is_known)
    }

    /// Returns the steps of a success that is also a guess at other accounts of the e-mail: the address
    /// is known, and a failure counts.
    pub(crate) fn succeed_with_guess(self, account_id: AccountId, now: Timestamp) -> Writes {
        let throttle = self.throttle.after_failure(now).with_known_address(account_id, now);
        self.windows.count_failure(&throttle, self.is_known, now)
    }

    /// Returns the steps of a success in one of several accounts of the e-mail: the address is known for
    /// it, and no failure is forgotten, because it can have been a guess at another account.
    pub(crate) fn succeed_in_one_of_several(self, account_id: AccountId, now: Timestamp) -> Writes {
        let throttle = self.throttle.with_known_address(account_id, now);
        self.windows.check(&throttle, self.is_known)
    }

    /// Returns the steps of a success: the failures on the e-mail are forgotten, and the address is known.
    /// The failures of the address stay, because they can be on other e-mails.
    pub(crate) fn succeed(self, account_id: AccountId, now: Timestamp) -> Writes {
        let Windows { on_email, from_address } = self.windows;
        let windows = Windows { on_email: on_email.cleared(now), from_address };
        windows.check(&self.throttle.after_log_in(account_id, now), self.is_known)
    }
}

impl Windows {
    /// Returns the steps of an attempt that counts as a failure.
    fn count_failure(self, throttle: &LoginThrottle, is_known: bool, now: Timestamp) -> Writes {
        let writes =
            Writes::default().replace(throttle).replace(&self.from_address.after_failure(now));
        if is_known { writes } else { writes.replace(&self.on_email.after_failure(now)) }
    }

    /// Returns the steps of any other attempt, which was checked against the windows unless the address
    /// is known. The window of the address is only checked, so that people of one office can log in at
    /// the same moment.
    fn check(&self, throttle: &LoginThrottle, is_known: bool) -> Writes {
        let writes = Writes::default().replace(throttle);
        if is_known {
            return writes;
        }
        writes.replace(&self.on_email).unchanged(&self.from_address)
    }
}

fn subjects(login: &LoginKey, address: AddressDigest) -> [FailureSubject; 2] {
    [FailureSubject::Login(login.clone()), FailureSubject::Address(address)]
}
