//! Steps on users, keys, sessions and log-ins.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::access::{ApiKey, LoginKey, LoginThrottle, Session};
use domain::kernel::{AccountId, Code, Error};

use super::{OnConditionFailed, PRESENT, WriteAction, Writes, as_read, name, number};
use crate::Key;
use crate::item::Item;

impl Writes {
    /// Removes the failed attempts that were read. An attempt that failed meanwhile refuses this
    /// one: deciding again would look at it after all, and of many guesses sent at once only one
    /// is answered.
    #[must_use]
    pub fn forget_failures(self, throttle: &LoginThrottle) -> Self {
        let (condition, values) = as_read(throttle.version);
        let key = throttle.key();
        let overtaken = Error::too_many_attempts(1);
        self.step(
            &key,
            WriteAction::Delete(name(&key)),
            Some(condition),
            values,
            OnConditionFailed::Fail(overtaken),
        )
    }

    /// Uses up a two-factor code: only a step later than the last one is accepted, so a code works
    /// once even in two functions at the same moment.
    #[must_use]
    pub fn use_code(self, login: &LoginKey, step: u64) -> Self {
        let used = Error::forbidden(
            Code::TwoFactorCodeInvalid,
            "the two-factor code was used already; wait for the next one",
        );
        let update = "SET two_factor.last_step = :step ADD version :one";
        let key = Key::Login(login.clone());
        self.step(
            &key,
            WriteAction::Update(name(&key), update, Vec::new()),
            Some("two_factor.last_step < :step"),
            vec![(":step", number(step)), (":one", number(1))],
            OnConditionFailed::Fail(used),
        )
    }

    /// Writes down that the second factor was shown in a session.
    #[must_use]
    pub fn show_second_factor(self, session: &Session) -> Self {
        let key = session.key();
        self.step(
            &key,
            WriteAction::Update(name(&key), "SET two_factor = :yes", Vec::new()),
            Some(PRESENT),
            vec![(":yes", AttributeValue::Bool(true))],
            OnConditionFailed::Fail(Error::Stale),
        )
    }

    /// Takes a person's second factor away.
    #[must_use]
    pub fn reset_two_factor(self, login: &LoginKey) -> Self {
        let update = "REMOVE two_factor, pending_secret ADD version :one";
        let key = Key::Login(login.clone());
        self.step(
            &key,
            WriteAction::Update(name(&key), update, Vec::new()),
            Some(PRESENT),
            vec![(":one", number(1))],
            OnConditionFailed::Fail(Error::Stale),
        )
    }

    /// Takes a key off its user's list.
    #[must_use]
    pub fn unlist_key(self, key: &ApiKey) -> Self {
        let user = Key::User(key.account_id, key.user_id);
        let names = vec![("#key", key.id.to_string())];
        self.step(
            &user,
            WriteAction::Update(name(&user), "REMOVE api_keys.#key ADD version :one", names),
            Some(PRESENT),
            vec![(":one", number(1))],
            OnConditionFailed::Fail(Error::Stale),
        )
    }

    /// One more acting moderator.
    #[must_use]
    pub fn add_moderator(self, account_id: AccountId) -> Self {
        self.count(&Key::ModeratorCount(account_id), "ADD moderators :by", 1, None)
    }

    /// One acting moderator less, unless it is the last.
    #[must_use]
    pub fn remove_moderator(self, account_id: AccountId) -> Self {
        let last = Error::conflict(
            Code::LastModerator,
            "this is the account's last moderator; make somebody else a moderator first",
        );
        let more_than_one = ("moderators > :limit", 1, last);
        self.count(&Key::ModeratorCount(account_id), "ADD moderators :by", -1, Some(more_than_one))
    }
}
