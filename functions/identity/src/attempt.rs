//! Attempts at a password or a code inside a session. Failures delay the next attempt, in one count
//! with the failed two-factor codes of operations.

use domain::access::{Login, LoginThrottle};
use domain::kernel::{Code, Error};
use edge::{Call, OwnStepUpThrottle};
use store::Store;

use crate::password;

/// A password that the caller gives again.
pub(crate) struct GivenPassword<'a> {
    /// Field of the input.
    pub(crate) field: &'static str,
    /// Text of the field.
    pub(crate) password: &'a str,
}

/// Checks the password that the caller gives again. Returns the count of failed attempts, which the
/// change clears.
pub(crate) async fn check_password<I: Sync, T: Sync>(
    store: &Store,
    call: &Call<I, T>,
    login: &Login,
    found: &OwnStepUpThrottle,
    given: &GivenPassword<'_>,
) -> Result<LoginThrottle, Error> {
    let throttle = found.next(login, call.moment.now)?;
    if password::verify(login.password_hash.as_deref(), given.password).await? {
        return Ok(throttle);
    }
    let refusal = Error::forbidden(
        Code::PasswordInvalid,
        format!(
            "the password is wrong; send the password of your log-in in the field `{}`",
            given.field
        ),
    );
    Err(call.count_failed_attempt(store, throttle, "password", refusal).await)
}
