//! Attempts at a password or a code inside a session. Failures delay the next attempt, in one count
//! with the failed two-factor codes of operations.

use domain::access::{AttemptKind, AuditEvent, Login, LoginThrottle};
use domain::kernel::{Code, Error, Moment};
use edge::OwnStepUpThrottle;
use jiff::Timestamp;
use store::{Store, Writes};

use crate::password;

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
    let none = || LoginThrottle::none(login.key.clone(), AttemptKind::StepUp, now);
    let throttle = found.0.clone().unwrap_or_else(none);
    match throttle.seconds_left(now) {
        Some(retry_after_seconds) => Err(Error::too_many_attempts(retry_after_seconds)),
        None => Ok(throttle),
    }
}

/// Counts a failed attempt, writes its line to the audit trail, and returns the error for the caller.
/// Of attempts at the same moment one gets its refusal.
pub(crate) async fn fail(
    store: &Store,
    throttle: LoginThrottle,
    line: &AuditEvent,
    refusal: Error,
    moment: &Moment,
) -> Error {
    let writes = Writes::default().replace(&throttle.after_failure(moment.now)).create(line);
    match store.commit(writes, moment).await {
        Ok(_) => refusal,
        Err(Error::Stale) => Error::too_many_attempts(1),
        Err(error) => error,
    }
}

/// Checks the password that the caller gives again. Returns the count of failed attempts, which the
/// change clears.
pub(crate) async fn check_password(
    store: &Store,
    login: &Login,
    password: &str,
    found: &OwnStepUpThrottle,
    line: &AuditEvent,
    moment: &Moment,
) -> Result<LoginThrottle, Error> {
    let throttle = next(found, login, moment.now)?;
    if password::verify(login.password_hash.as_deref(), password).await? {
        return Ok(throttle);
    }
    let refusal = Error::forbidden(
        Code::PasswordInvalid,
        "the password is wrong; send the password of your log-in in the field `password`",
    );
    Err(fail(store, throttle, line, refusal, moment).await)
}
