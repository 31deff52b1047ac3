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
    /// Clears the failed attempts that were read. If another attempt failed since the read, the
    /// step fails. The caller must not decide again, so that only one of many guesses sent at once
    /// gets an answer.
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

    /// Marks a two-factor code as used. The step must be later than the last used one, so a code
    /// works once, even in two functions at the same time.
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

    /// Marks the second factor as verified in a session.
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

    /// Removes the second factor of a person.
    #[must_use]
    pub fn reset_two_factor(self, login: &LoginKey) -> Self {
        let update = "REMOVE two_factor, pending_secret ADD version :one";
        let key = Key::Login(login.clone());
        self.update(&key, update, Some(PRESENT), vec![(":one", number(1))], Error::Stale)
    }

    /// Removes a key from the list of its user.
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

    /// Adds an active moderator to the count.
    #[must_use]
    pub fn add_moderator(self, account_id: AccountId) -> Self {
        self.count(&Key::ModeratorCount(account_id), "ADD moderators :by", 1, None)
    }

    /// Removes an active moderator from the count, except the last one.
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
