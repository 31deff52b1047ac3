//! Adding a user: the rules for name, e-mail, roles and permissions.
use crate::access::{Permission, Role, User, UserKind, UserStatus};
use crate::kernel::{
    AccountId, Code, Error, Flaw, Id, Moment, UserId, Violation, email_flaw, text_flaw,
};
use std::collections::{BTreeMap, BTreeSet};

const NAME_LENGTH_MAX: usize = 100;

/// The input of a new user.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// Person or program.
    pub kind: UserKind,
    /// Name, 1 to 100 characters.
    pub name: String,
    /// E-mail with which a person logs in; a program needs none.
    pub email: Option<String>,
    /// Roles of the user.
    pub roles: BTreeSet<Role>,
    /// Permissions beside those of the roles.
    pub permissions: BTreeSet<Permission>,
}

impl NewUser {
    /// Returns the violations. `prefix` comes before the names of the fields.
    pub fn flaws(&self, prefix: &str) -> Vec<Violation> {
        let name = name_flaw(&format!("{prefix}name"), &self.name);
        let email = login_email_flaw(&format!("{prefix}email"), self.kind, self.email.as_deref());
        name.into_iter().chain(email).chain(self.access_flaw(prefix)).collect()
    }

    /// Returns the violation if a person would be invited and could do nothing. A program may get its
    /// permissions later.
    fn access_flaw(&self, prefix: &str) -> Option<Violation> {
        let is_idle = self.roles.is_empty() && self.permissions.is_empty();
        let detail = "the person could do nothing; add at least one role or permission";
        (self.kind == UserKind::Human && is_idle)
            .then(|| Violation::new(format!("{prefix}roles"), Flaw::Required, detail))
    }

    /// Adds the user to an account. A person must accept an invitation; a program is active at
    /// once.
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
            session_epoch: 0,
            api_keys: BTreeMap::new(),
            created_at: moment.now,
            version: 0,
        })
    }
}

/// Returns the violation if the name is not allowed.
pub fn name_flaw(field: &str, name: &str) -> Option<Violation> {
    text_flaw(field, name, NAME_LENGTH_MAX)
}

/// Returns the violation if the e-mail is not allowed. The invitation shows whether the address
/// exists.
fn login_email_flaw(field: &str, kind: UserKind, email: Option<&str>) -> Option<Violation> {
    match (email, kind) {
        (Some(email), _) => email_flaw(field, email),
        (None, UserKind::Api) => None,
        (None, UserKind::Human) => {
            let detail = "a person needs an e-mail to log in; add it";
            Some(Violation::new(field, Flaw::Required, detail))
        }
    }
}

/// Refuses the role of moderator for a program, because the work of moderators needs two-factor
/// codes.
pub fn check_roles(kind: UserKind, roles: &BTreeSet<Role>) -> Result<(), Error> {
    if kind == UserKind::Api && roles.contains(&Role::Moderator) {
        return Err(Error::refused(
            Code::UserKind,
            "an API user cannot be a moderator, because moderators need two-factor codes; name a person",
        ));
    }
    Ok(())
}
