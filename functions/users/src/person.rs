//! What only people have.

use domain::access::{User, UserKind};
use domain::kernel::{Code, Error};

/// Returns the e-mail with which a person logs in. Returns `None` for a program.
pub(crate) fn login_email(user: &User) -> Option<&str> {
    user.email.as_deref().filter(|_| user.kind == UserKind::Human)
}

/// Returns the e-mail with which a person logs in. Refuses a program.
pub(crate) fn email_of(user: &User) -> Result<&str, Error> {
    let detail = "an API user does not log in; name a person";
    login_email(user).ok_or_else(|| Error::refused(Code::UserKind, detail))
}
