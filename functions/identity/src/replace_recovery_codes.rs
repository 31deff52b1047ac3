//! `POST /v1/me/two-factor/recovery-codes`: replace the caller's recovery codes.

use domain::access::AuditAction;
use domain::kernel::{Code, Error};
use edge::{Call, Created, NoInput, Outcome, OwnLogin};
use serde_json::Value;
use store::{Store, Writes};

use crate::password;
use crate::recovery::{self, RecoveryCodes};

/// Makes ten new codes. The old ones, used or not, are void.
pub async fn handle(
    store: &Store,
    call: Call<NoInput, OwnLogin>,
) -> Result<Outcome<Created<RecoveryCodes>>, Error> {
    let mut login = call.target.0.clone();
    let Some(two_factor) = &mut login.two_factor else {
        return Err(Error::forbidden(
            Code::TwoFactorNotEnrolled,
            "recovery codes come with two-factor; enrol with POST /v1/me/two-factor",
        ));
    };
    call.demand_code()?;
    let recovery_codes = recovery::mint(&call.moment);
    two_factor.recovery_hashes = password::hash(recovery_codes.clone(), &call.moment).await?;
    let user_id = call.principal.user_id();
    let audit = call.audit(AuditAction::RecoveryCodesReplaced, user_id, Value::Null, Value::Null);
    let writes = Writes::default().create(&audit);
    let reply = Created(RecoveryCodes { recovery_codes });
    call.commit_own_login(store, writes, login, reply).await
}
