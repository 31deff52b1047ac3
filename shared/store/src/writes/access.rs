//! Steps on users, keys, sessions and log-ins.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::access::{ApiKey, LoginKey, LoginThrottle, Session};
use domain::kernel::{AccountId, Code, Error};

use super::{
    OnConditionFailed, PRESENT, WriteAction, WriteStep, Writes, key_attributes, number,
    version_condition,
};
use crate::Key;
use crate::item::Item;

/// The update of the step that renames a login.
const RENAME: &str = "SET user_name = :name ADD version :one";

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
        let key = Key::Login(login.clone());
        let mut values = vec![(":step", number(step)), (":one", number(1))];
        let (writes, renamed) = self.without_rename(&key);
        let update = match renamed {
            None => "SET two_factor.last_step = :step ADD version :one",
            Some(name) => {
                values.push((":name", name));
                "SET two_factor.last_step = :step, user_name = :name ADD version :one"
            }
        };
        let later = Some("two_factor.last_step < :step");
        writes.update(&key, update, later, values, already_used)
    }

    /// Changes the name of the person in their login.
    #[must_use]
    pub fn rename_login(self, login: &LoginKey, name: &str) -> Self {
        let values = vec![(":name", AttributeValue::S(name.to_owned())), (":one", number(1))];
        self.update(&Key::Login(login.clone()), RENAME, Some(PRESENT), values, Error::Stale)
    }

    /// Takes out the step that renames this login, and returns the name. A transaction writes a row
    /// only once, so the step that uses up a code of the same login also renames it.
    fn without_rename(mut self, login: &Key) -> (Self, Option<AttributeValue>) {
        let row = key_attributes(login);
        let renames = |step: &WriteStep| matches!(&step.action, WriteAction::Update(of, update, _) if *update == RENAME && *of == row);
        let renamed = self.steps.iter().position(renames).map(|index| self.steps.remove(index));
        let mut values = renamed.into_iter().flat_map(|step| step.values);
        let name = values.find(|(name, _)| *name == ":name").map(|(_, name)| name);
        (self, name)
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
