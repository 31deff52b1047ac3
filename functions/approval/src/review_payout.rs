//! `POST /v1/payouts/{id}/review`: release or reject a payout in review.

use domain::access::AuditAction;
use domain::kernel::Error;
use domain::payout::PayoutView;
use edge::{Call, FundedPayout, OkJson, Outcome, PayoutRules};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Store, Writes};

/// Decision of a moderator about a payout in review.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviewInput {
    /// `release` continues the payout; `reject` ends it and makes its money available again.
    decision: Decision,
}

/// Decision of a moderator about a payout in review.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// The payout continues.
    Release,
    /// The payout ends as `rejected`.
    Reject,
}

/// Carries out the decision and writes an audit event.
pub async fn handle(
    store: &Store,
    call: Call<ReviewInput, (FundedPayout, PayoutRules)>,
) -> Result<Outcome<OkJson<PayoutView>>, Error> {
    let (FundedPayout { mut payout, mut funds }, rules) = call.target.clone();
    let (by, before) = (call.principal.user_id(), payout.status);
    let effects = match call.input.decision {
        Decision::Release => {
            let terms = rules.terms(&call.rails)?;
            payout.pass_review(by, &terms, &mut funds, &call.moment)?
        }
        Decision::Reject => payout.fail_review(by, &mut funds, &call.moment)?,
    };
    let audit = call.audit(
        AuditAction::PayoutReviewed,
        payout.id,
        json!({ "status": before }),
        json!({ "status": payout.status, "decision": call.input.decision }),
    );
    let writes = Writes::default().change_payout(&payout, &funds, &effects).create(&audit);
    call.commit(store, writes, OkJson(PayoutView::from(&payout))).await
}
