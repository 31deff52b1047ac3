//! What only people have.

use domain::access::{User, UserKind};
use domain::kernel::{Code, Error};

/// Returns the e-mail with which a person logs in. Refuses a program.
pub(crate) fn email_of(user: &User) -> Result<&str, Error> {
    match (user.kind, &user.email) {
        (UserKind::Human, Some(email)) => Ok(email),
        _ => {
            let detail = "an API user does not log in; name a person";
            Err(Error::refused(Code::UserKind, detail))
        }
    }
}
