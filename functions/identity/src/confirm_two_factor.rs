//! `POST /v1/me/two-factor/confirm`: complete the enrolment with a first code.

use domain::access::{AuditAction, TwoFactor};
use domain::kernel::{Code, Error};
use edge::{Call, Created, Outcome, OwnLogin, OwnSession};
use gate::{CODE_PATTERN, accepted_step, totp_context};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{Store, Writes};

use crate::{password, recovery};

/// The first code of the new authenticator.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TwoFactorConfirmation {
    /// Code of six digits; spaces and hyphens between them are ignored.
    #[schemars(regex(pattern = CODE_PATTERN))]
    code: String,
}

/// Recovery codes. Only this answer shows them.
#[derive(Serialize, JsonSchema)]
pub struct RecoveryCodes {
    /// Ten codes; each works once for a login without the authenticator.
    recovery_codes: Vec<String>,
}

/// Makes the pending secret the second factor. The code counts as used, and only for this session:
/// another session that was opened with the password alone can still only read.
pub async fn handle(
    store: &Store,
    call: Call<TwoFactorConfirmation, (OwnLogin, OwnSession)>,
) -> Result<Outcome<Created<RecoveryCodes>>, Error> {
    let mut login = call.target.0.0.clone();
    let sealed_secret = login.pending_secret.take().ok_or_else(|| {
        let detail = "there is no enrolment to confirm; start one with POST /v1/me/two-factor";
        Error::conflict(Code::TwoFactorNotStarted, detail)
    })?;
    let context = totp_context(login.user_id);
    let secret = call.peppers.open(&context, &sealed_secret)?;
    let last_step = accepted_step(
        &secret,
        call.input.code.trim(),
        0,
        call.moment.authenticator_now,
    )
    .ok_or_else(|| {
        let detail = "the two-factor code is wrong; wait for the next code, and check the clock \
                          of the device with the authenticator";
        Error::forbidden(Code::TwoFactorCodeInvalid, detail)
    })?;
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
        .mark_second_factor_verified(&call.target.1.0)
        .create(&call.audit(AuditAction::TwoFactorEnrolled, user.id, old, new));
    call.commit(store, writes, Created(RecoveryCodes { recovery_codes })).await
}
