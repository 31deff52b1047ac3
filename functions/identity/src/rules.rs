//! What a user may be called and may hold.

use std::collections::BTreeSet;

use domain::{Code, Error, Flaw, Role, UserKind, Violation};

const NAME_LENGTH_MAX: usize = 100;
/// RFC 5321, 4.5.3.1.3.
pub(crate) const EMAIL_LENGTH_MAX: usize = 254;

/// What is wrong with a name.
pub(crate) fn name(name: &str) -> Option<Violation> {
    let length = name.trim().chars().count();
    let good = (1..=NAME_LENGTH_MAX).contains(&length) && !name.chars().any(char::is_control);
    let detail = format!("a name has 1 to {NAME_LENGTH_MAX} characters");
    (!good).then(|| Violation::new("name", Flaw::WrongLength, detail))
}

/// What is wrong with an e-mail. Whether it exists shows when the invitation is accepted.
pub(crate) fn email(kind: UserKind, email: Option<&str>) -> Option<Violation> {
    let Some(email) = email else {
        let detail = "a person logs in with their e-mail";
        return (kind == UserKind::Human).then(|| Violation::new("email", Flaw::Required, detail));
    };
    let good = email.split_once('@').is_some_and(|(local, host)| {
        !local.is_empty() && host.contains('.') && !host.contains('@') && !host.ends_with('.')
    }) && email.len() <= EMAIL_LENGTH_MAX
        && email.chars().all(|letter| letter.is_ascii_graphic());
    let detail = "an e-mail looks like maria@example.com";
    (!good).then(|| Violation::new("email", Flaw::InvalidFormat, detail))
}

/// A program cannot administer: administration needs two-factor codes.
pub(crate) fn roles(kind: UserKind, roles: &BTreeSet<Role>) -> Result<(), Error> {
    if kind == UserKind::Api && roles.contains(&Role::Moderator) {
        return Err(Error::refused(
            Code::UserKind,
            "an API user cannot be a moderator: a moderator's work needs two-factor codes",
        ));
    }
    Ok(())
}
