//! Attempts at a password or a code inside a session. Failures delay the next attempt, in one count
//! with the failed two-factor codes of operations.

use domain::access::{AttemptKind, Login, LoginThrottle};
use domain::kernel::{Code, Error};
use edge::{Call, OwnStepUpThrottle};
use jiff::Timestamp;
use store::Store;

use crate::password;

/// A password that the caller gives again.
pub(crate) struct GivenPassword<'a> {
    /// Field of the input.
    pub(crate) field: &'static str,
    /// Text of the field.
    pub(crate) password: &'a str,
}

/// Returns the count of failed attempts, for the next attempt.
///
/// # Errors
///
/// Refuses the attempt while the caller must wait.
pub(crate) fn next(
    found: &OwnStepUpThrottle,
    login: &Login,
    now: Timestamp,
) -> Result<LoginThrottle, Error> {
    let kind = AttemptKind::StepUp(login.account_id);
    let none = || LoginThrottle::none(login.key.clone(), kind, now);
    let throttle = found.0.clone().unwrap_or_else(none);
    match throttle.seconds_left(now) {
        Some(retry_after_seconds) => Err(Error::too_many_attempts(retry_after_seconds)),
        None => Ok(throttle),
    }
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
    let throttle = next(found, login, call.moment.now)?;
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
