//! `POST /v1/me/two-factor/confirm`: complete the enrolment with a first code.

use domain::access::{AuditAction, TwoFactor};
use domain::kernel::{Code, Error};
use edge::{Call, Created, Outcome, OwnLogin, OwnSession, OwnStepUpThrottle};
use gate::{CODE_PATTERN, accepted_step, totp_context};
use schemars::JsonSchema;
use serde::Deserialize;
use store::{Store, Writes};

use crate::password;
use crate::recovery::{self, RecoveryCodes};

/// The first code of the new authenticator.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TwoFactorConfirmation {
    /// Code of six digits; spaces and hyphens between them are ignored.
    #[schemars(regex(pattern = CODE_PATTERN))]
    code: String,
}

/// Makes the pending secret the second factor. The code counts as used, and only for this session:
/// another session that was opened with the password alone can still only read.
pub async fn handle(
    store: &Store,
    call: Call<TwoFactorConfirmation, (OwnLogin, OwnSession, OwnStepUpThrottle)>,
) -> Result<Outcome<Created<RecoveryCodes>>, Error> {
    let (OwnLogin(login), OwnSession(session), throttle) = &call.target;
    let throttle = throttle.next(login, call.moment.now)?;
    let mut login = login.clone();
    let sealed_secret = login.pending_secret.take().ok_or_else(|| {
        let detail = "there is no enrolment to confirm; start one with POST /v1/me/two-factor";
        Error::conflict(Code::TwoFactorNotStarted, detail)
    })?;
    let context = totp_context(login.user_id);
    let secret = call.peppers.open(&context, &sealed_secret)?;
    let step = accepted_step(&secret, call.input.code.trim(), 0, call.moment.authenticator_now);
    let Some(last_step) = step else {
        let detail = "the two-factor code is wrong; wait for the next code, and check the clock of \
                      the device with the authenticator";
        let refusal = Error::forbidden(Code::TwoFactorCodeInvalid, detail);
        return Err(call.count_failed_attempt(store, throttle, "totp", refusal).await);
    };
    let recovery_codes = recovery::mint(&call.moment);
    let recovery_hashes = password::hash(recovery_codes.clone(), &call.moment).await?;
    login.two_factor = Some(TwoFactor { sealed_secret, last_step, recovery_hashes });
    let before = call.principal.user();
    let mut user = before.clone();
    user.two_factor = true;
    let (old, new) = (before.audited(), user.audited());
    let writes = Writes::default()
        .replace(&login)
        .replace(&user)
        .mark_second_factor_verified(session)
        .clear_failures(&throttle)
        .create(&call.audit(AuditAction::TwoFactorEnrolled, user.id, old, new));
    call.commit(store, writes, Created(RecoveryCodes { recovery_codes })).await
}
