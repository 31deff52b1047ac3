//! Adding a user: what one may be called, log in with and hold.
use crate::access::{Permission, Role, User, UserKind, UserStatus};
use crate::kernel::{AccountId, Code, Error, Flaw, Id, Moment, UserId, Violation};
use std::collections::{BTreeMap, BTreeSet};

const NAME_LENGTH_MAX: usize = 100;
/// RFC 5321, 4.5.3.1.3.
pub const EMAIL_LENGTH_MAX: usize = 254;

/// Who is added.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// Person or program.
    pub kind: UserKind,
    /// 1 to 100 characters.
    pub name: String,
    /// What a person logs in with; a program needs none.
    pub email: Option<String>,
    /// Bundles of permissions.
    pub roles: BTreeSet<Role>,
    /// Single permissions on top.
    pub permissions: BTreeSet<Permission>,
}

impl NewUser {
    /// The fields that are wrong; `at` is what comes before their names in the input.
    pub fn flaws(&self, at: &str) -> Vec<Violation> {
        let name = name_flaw(&format!("{at}name"), &self.name);
        let email = email_flaw(&format!("{at}email"), self.kind, self.email.as_deref());
        name.into_iter().chain(email).collect()
    }

    /// Adds it to an account. A person is invited, a program can act at once.
    pub fn open(self, account_id: AccountId, moment: &Moment) -> Result<User, Error> {
        let flaws = self.flaws("");
        if !flaws.is_empty() {
            return Err(Error::Invalid(flaws));
        }
        check_roles(self.kind, &self.roles)?;
        let status = match self.kind {
            UserKind::Human => UserStatus::Invited,
            UserKind::Api => UserStatus::Active,
        };
        Ok(User {
            id: UserId::mint(moment),
            account_id,
            kind: self.kind,
            name: self.name.trim().to_owned(),
            email: self.email.map(|email| email.to_lowercase()),
            roles: self.roles,
            permissions: self.permissions,
            status,
            two_factor: false,
            sessions_valid_from: moment.now,
            api_keys: BTreeMap::new(),
            created_at: moment.now,
            version: 0,
        })
    }
}

/// What is wrong with a name.
pub fn name_flaw(field: &str, name: &str) -> Option<Violation> {
    let length = name.trim().chars().count();
    let good = (1..=NAME_LENGTH_MAX).contains(&length) && !name.chars().any(char::is_control);
    let detail = format!("a name has 1 to {NAME_LENGTH_MAX} characters");
    (!good).then(|| Violation::new(field, Flaw::WrongLength, detail))
}

/// What is wrong with an e-mail. Whether it exists shows when the invitation is accepted.
fn email_flaw(field: &str, kind: UserKind, email: Option<&str>) -> Option<Violation> {
    let Some(email) = email else {
        let detail = "a person logs in with their e-mail";
        return (kind == UserKind::Human).then(|| Violation::new(field, Flaw::Required, detail));
    };
    let good = email.split_once('@').is_some_and(|(local, host)| {
        !local.is_empty() && host.contains('.') && !host.contains('@') && !host.ends_with('.')
    }) && email.len() <= EMAIL_LENGTH_MAX
        && email.chars().all(|letter| letter.is_ascii_graphic());
    let detail = "an e-mail looks like maria@example.com";
    (!good).then(|| Violation::new(field, Flaw::InvalidFormat, detail))
}

/// A program cannot administer: administration needs two-factor codes.
pub fn check_roles(kind: UserKind, roles: &BTreeSet<Role>) -> Result<(), Error> {
    if kind == UserKind::Api && roles.contains(&Role::Moderator) {
        return Err(Error::refused(
            Code::UserKind,
            "an API user cannot be a moderator: a moderator's work needs two-factor codes",
        ));
    }
    Ok(())
}
