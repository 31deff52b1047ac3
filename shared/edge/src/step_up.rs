//! The fresh two-factor code of a request ("step-up").

use std::sync::atomic::{AtomicBool, Ordering};

use domain::access::{AuditEvent, Login, LoginKey, LoginThrottle};
use domain::kernel::{AccountId, Code, Error, Moment};
use gate::{Peppers, accepted_step, is_last_code, totp_context};
use store::{Committed, Store, Writes};

/// The header with the code.
pub(crate) const CODE_HEADER: &str = "two-factor-code";

/// A correct two-factor code. The change that it allows also uses it up. If there is no change, it
/// is used up alone: otherwise a refusal would tell an attacker that the guess was correct, and the
/// code would still be valid.
pub(crate) struct StepUp {
    key: LoginKey,
    account_id: AccountId,
    step: u64,
    throttle: LoginThrottle,
    spent: AtomicBool,
}

impl StepUp {
    /// Adds the steps that use the code up. If guesses arrive at the same moment, only one is
    /// answered, because all of them write the throttle.
    pub(crate) fn spend(&self, writes: Writes) -> Writes {
        writes.use_code(&self.key, self.account_id, self.step).clear_failures(&self.throttle)
    }

    /// Adds the steps that use the code up to those that replace the caller's own login, because a
    /// transaction can write a row only once.
    pub(crate) fn spend_in(&self, writes: Writes, mut login: Login) -> Writes {
        if let Some(two_factor) = &mut login.two_factor {
            two_factor.last_step = self.step;
        }
        writes.replace(&login).clear_failures(&self.throttle)
    }

    /// Adds the step that uses the code up, and leaves the failed attempts to another step.
    pub(crate) fn spend_code(&self, writes: Writes) -> Writes {
        writes.use_code(&self.key, self.account_id, self.step)
    }

    /// Notes that a change used the code up.
    pub(crate) fn set_spent(&self) {
        self.spent.store(true, Ordering::Relaxed);
    }

    /// Returns true if a change used the code up.
    pub(crate) fn is_spent(&self) -> bool {
        self.spent.load(Ordering::Relaxed)
    }
}

/// Returns the refusal of a request without a code.
pub(crate) fn code_missing() -> Error {
    Error::forbidden(
        Code::TwoFactorCodeMissing,
        "the operation needs a two-factor code; send one of your authenticator in the header \
         Two-Factor-Code",
    )
}

/// Counts a failed attempt inside a session and writes its line to the audit trail. Of attempts at the
/// same moment one succeeds; the others get the refusal of an attempt that comes too early.
pub(crate) async fn count_failure(
    store: &Store,
    throttle: LoginThrottle,
    line: &AuditEvent,
    writes: Writes,
    moment: &Moment,
) -> Result<(), Error> {
    let writes = writes.replace(&throttle.after_failure(moment.now)).create(line);
    match store.commit(writes, moment).await {
        Ok(Committed::Applied | Committed::Replayed(_)) => Ok(()),
        Err(Error::Stale) => Err(Error::too_many_attempts(1)),
        Err(error) => Err(error),
    }
}

/// Checks the two-factor code of a request. A wrong code counts like a wrong password, and `refused`
/// is its line in the audit trail.
pub(crate) async fn check_code(
    store: &Store,
    code: Option<&str>,
    login: &Login,
    throttle: Option<LoginThrottle>,
    peppers: &Peppers,
    refused: &AuditEvent,
    moment: &Moment,
) -> Result<StepUp, Error> {
    let code = code.ok_or_else(code_missing)?;
    let key: LoginKey = login.key.clone();
    let account_id = login.account_id;
    let throttle = LoginThrottle::next_step_up(throttle, login, moment.now)?;
    let two_factor =
        login.two_factor.as_ref().ok_or(Error::Unauthenticated(Code::SessionInvalid))?;
    let secret = peppers.open(&totp_context(login.user_id), &two_factor.sealed_secret)?;
    if let Some(step) = accepted_step(&secret, code, two_factor.last_step, moment.authenticator_now)
    {
        return Ok(StepUp { key, account_id, step, throttle, spent: AtomicBool::new(false) });
    }
    // The last accepted code, sent again, is no guess and does not count as a failure.
    if is_last_code(&secret, code, two_factor.last_step) {
        return Err(code_wrong());
    }
    count_failure(store, throttle, refused, Writes::default(), moment).await?;
    Err(code_wrong())
}

fn code_wrong() -> Error {
    Error::forbidden(
        Code::TwoFactorCodeInvalid,
        "the two-factor code is wrong or was already used; wait for the next code",
    )
}
