//! Steps on users, keys, sessions and log-ins.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::access::{
    ApiKey, Invitation, Login, LoginKey, LoginSalt, LoginThrottle, Session, User,
};
use domain::kernel::{AccountId, Code, Error, UserId};

use super::{
    ABSENT, OnConditionFailed, PRESENT, WriteAction, WriteStep, Writes, key_attributes, number,
    version_condition,
};
use crate::Key;
use crate::item::Item;
use crate::row::{Attributes, Row};

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
    pub fn use_code(self, login: &LoginKey, account_id: AccountId, step: u64) -> Self {
        let key = Key::Login(login.clone(), account_id);
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
        writes.update(&key, update, later, values, code_used())
    }

    /// Changes the name of the person in their login.
    #[must_use]
    pub fn rename_login(self, login: &LoginKey, account_id: AccountId, name: &str) -> Self {
        let key = Key::Login(login.clone(), account_id);
        let values = vec![(":name", AttributeValue::S(name.to_owned())), (":one", number(1))];
        self.update(&key, RENAME, Some(PRESENT), values, Error::Stale)
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

    /// Creates the login of an invited person. An account has one login for an e-mail.
    #[must_use]
    pub fn create_login(self, login: &Login) -> Self {
        let taken = OnConditionFailed::FailWith(email_taken);
        self.put(login, 1, Some(ABSENT), Vec::new(), taken)
    }

    /// Gives an e-mail its salt if it has none.
    #[must_use]
    pub fn ensure_salt(self, salt: &LoginSalt) -> Self {
        let key = salt.key();
        let text = AttributeValue::S;
        let names = vec![("#key", "key".to_owned())];
        let update = "SET salt = if_not_exists(salt, :salt), #key = :key, row_kind = :kind";
        let values = vec![
            (":salt", text(salt.salt.clone())),
            (":key", text(salt.key.as_hex().to_owned())),
            (":kind", text(LoginSalt::KIND.to_owned())),
        ];
        let action = WriteAction::Update(key_attributes(&key), update, names);
        self.step(&key, action, None, values, OnConditionFailed::Fail(Error::Stale))
    }

    /// Replaces the open invitation of a person, so that the token of an older one is refused.
    #[must_use]
    pub fn replace_invitation(
        self,
        login: &LoginKey,
        account_id: AccountId,
        invitation: &Invitation,
    ) -> Self {
        let key = Key::Login(login.clone(), account_id);
        let text = AttributeValue::S;
        let row = HashMap::from([
            ("token_hash".to_owned(), text(invitation.token_hash.clone())),
            ("expires_at".to_owned(), text(invitation.expires_at.to_string())),
        ]);
        let values = vec![(":invitation", AttributeValue::M(row)), (":one", number(1))];
        let update = "SET invitation = :invitation ADD version :one";
        self.update(&key, update, Some(PRESENT), values, Error::Stale)
    }

    /// Gives the login the epoch of its user, after [`User::end_sessions`]. A log-in that commits later
    /// fails, because it read another version.
    #[must_use]
    pub fn end_sessions(self, login: &LoginKey, user: &User) -> Self {
        self.change_epoch(login, user, "SET session_epoch = :epoch ADD version :one")
    }

    /// Ends the sessions and removes the open invitation of a person.
    #[must_use]
    pub fn suspend_login(self, login: &LoginKey, user: &User) -> Self {
        let update = "SET session_epoch = :epoch REMOVE invitation ADD version :one";
        self.change_epoch(login, user, update)
    }

    fn change_epoch(self, login: &LoginKey, user: &User, update: &'static str) -> Self {
        let key = Key::Login(login.clone(), user.account_id);
        let values = vec![(":epoch", number(user.session_epoch.into())), (":one", number(1))];
        self.update(&key, update, Some(PRESENT), values, Error::Stale)
    }

    /// Checks that the account exists and is open.
    #[must_use]
    pub fn require_open_account(self, account_id: AccountId, closed: Error) -> Self {
        let key = Key::Account(account_id);
        let check = WriteAction::Check(key_attributes(&key), Vec::new());
        let condition = "attribute_exists(pk) AND attribute_not_exists(closed_at)";
        self.step(&key, check, Some(condition), Vec::new(), OnConditionFailed::Fail(closed))
    }

    /// Checks that a person can act: accepted the invitation, and is not suspended.
    #[must_use]
    pub fn require_active_user(self, account_id: AccountId, user_id: UserId) -> Self {
        let key = Key::User(account_id, user_id);
        let names = vec![("#status", "status".to_owned())];
        let values = vec![(":active", AttributeValue::S("active".to_owned()))];
        let check = WriteAction::Check(key_attributes(&key), names);
        let suspended = Error::forbidden(
            Code::UserSuspended,
            "a moderator of the account suspended you; ask a moderator",
        );
        self.step(
            &key,
            check,
            Some("#status = :active"),
            values,
            OnConditionFailed::Fail(suspended),
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

    /// Ends the sessions and removes the second factor of a person.
    #[must_use]
    pub fn reset_two_factor(self, login: &LoginKey, user: &User) -> Self {
        let update =
            "SET session_epoch = :epoch REMOVE two_factor, pending_secret ADD version :one";
        self.change_epoch(login, user, update)
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

fn code_used() -> Error {
    Error::forbidden(
        Code::TwoFactorCodeInvalid,
        "the two-factor code was already used; wait for the next code",
    )
}

/// Returns the error for an e-mail that has a login in the account.
fn email_taken(row: Attributes) -> Error {
    let login = match Row(row).read::<Login>() {
        Ok(login) => login,
        Err(error) => return error,
    };
    let user_id = login.user_id;
    let detail = match login.password_hash {
        Some(_) => format!(
            "the user {user_id} of this account already has this e-mail; use another one, or change that user"
        ),
        None => format!(
            "the person was invited as {user_id} and has not accepted; for a new invitation, \
             POST /v1/users/{user_id}/invitation"
        ),
    };
    Error::conflict(Code::EmailTaken, detail)
}
