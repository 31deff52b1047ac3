//! Steps on users, keys, sessions and log-ins.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::access::{ApiKey, LoginKey, LoginThrottle, Session};
use domain::kernel::{AccountId, Code, Error};

use super::{
    OnConditionFailed, PRESENT, WriteAction, Writes, key_attributes, number, version_condition,
};
use crate::Key;
use crate::item::Item;

impl Writes {
    /// Removes the failed attempts that were read. An attempt that failed meanwhile refuses this
    /// one: deciding again would look at it after all, and of many guesses sent at once only one
    /// is answered.
    #[must_use]
    pub fn clear_failures(self, throttle: &LoginThrottle) -> Self {
        let (condition, values) = version_condition(throttle.version);
        let key = throttle.key();
        let conflict = Error::too_many_attempts(1);
        self.step(
            &key,
            WriteAction::Delete(key_attributes(&key)),
            Some(condition),
            values,
            OnConditionFailed::Fail(conflict),
        )
    }

    /// Uses up a two-factor code: only a step later than the last one is accepted, so a code works
    /// once even in two functions at the same moment.
    #[must_use]
    pub fn use_code(self, login: &LoginKey, step: u64) -> Self {
        let already_used = Error::forbidden(
            Code::TwoFactorCodeInvalid,
            "the two-factor code was already used; wait for the next code",
        );
        let update = "SET two_factor.last_step = :step ADD version :one";
        let key = Key::Login(login.clone());
        self.update(
            &key,
            update,
            Some("two_factor.last_step < :step"),
            vec![(":step", number(step)), (":one", number(1))],
            already_used,
        )
    }

    /// Writes down that the second factor was shown in a session.
    #[must_use]
    pub fn mark_second_factor_verified(self, session: &Session) -> Self {
        let key = session.key();
        self.update(
            &key,
            "SET two_factor = :yes",
            Some(PRESENT),
            vec![(":yes", AttributeValue::Bool(true))],
            Error::Stale,
        )
    }

    /// Takes a person's second factor away.
    #[must_use]
    pub fn reset_two_factor(self, login: &LoginKey) -> Self {
        let update = "REMOVE two_factor, pending_secret ADD version :one";
        let key = Key::Login(login.clone());
        self.update(&key, update, Some(PRESENT), vec![(":one", number(1))], Error::Stale)
    }

    /// Takes a key off its user's list.
    #[must_use]
    pub fn unlist_key(self, key: &ApiKey) -> Self {
        let user = Key::User(key.account_id, key.user_id);
        let names = vec![("#key", key.id.to_string())];
        self.step(
            &user,
            WriteAction::Update(
                key_attributes(&user),
                "REMOVE api_keys.#key ADD version :one",
                names,
            ),
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
        let last_moderator = Error::conflict(
            Code::LastModerator,
            "this is the account's last active moderator; give another active person the role moderator first",
        );
        let more_than_one = ("moderators > :limit", 1, last_moderator);
        self.count(&Key::ModeratorCount(account_id), "ADD moderators :by", -1, Some(more_than_one))
    }
}
