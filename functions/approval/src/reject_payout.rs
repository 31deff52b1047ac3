//! `POST /v1/payouts/{id}/reject`: reject a payout that waits for approval.

use domain::access::AuditAction;
use domain::kernel::Error;
use domain::payout::PayoutView;
use edge::{Call, CheckedInput, FundedPayout, InputContext, InputRules, OkJson, Outcome, fields};
use schemars::JsonSchema;
use serde::Deserialize;
use store::{Store, Writes};

/// Maximum length of a reason, in characters.
const REASON_LENGTH_MAX: usize = 140;

/// Reason for a rejection.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewRejection", extend("examples" = [{ "reason": "Wrong amount" }]))]
pub struct RejectionInput {
    /// Reason for the people of the account; up to 140 characters.
    #[schemars(length(min = 1, max = 140))]
    pub(crate) reason: String,
}

impl InputRules for RejectionInput {
    fn check(&self, _: &InputContext) -> Result<(), Error> {
        let flaw = fields::text("reason", Some(&self.reason), REASON_LENGTH_MAX);
        flaw.map_or(Ok(()), |flaw| Err(Error::Invalid(vec![flaw])))
    }
}

/// Rejects the payout and makes its money available again, and writes an audit event, all in one
/// transaction. It takes no code, because no money leaves.
pub async fn handle(
    store: &Store,
    call: Call<CheckedInput<RejectionInput>, FundedPayout>,
) -> Result<Outcome<OkJson<PayoutView>>, Error> {
    let FundedPayout { mut payout, mut funds } = call.target.clone();
    let (by, before) = (call.principal.user_id(), payout.audited_status());
    let reason = call.input.reason.trim().to_owned();
    let effects = payout.reject(by, reason, &mut funds, &call.moment)?;
    let line =
        call.audit(AuditAction::PayoutRejected, payout.id, before, payout.audited_rejection());
    let writes = Writes::default().change_payout(&payout, &funds, &effects).create(&line);
    call.commit(store, writes, OkJson(PayoutView::from(&payout))).await
}
