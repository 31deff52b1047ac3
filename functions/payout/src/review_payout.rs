//! `POST /v1/payouts/{id}/review`: let a payout pass the review, or refuse it.

use domain::access::AuditAction;
use domain::kernel::Error;
use domain::payout::PayoutView;
use edge::{Call, Found, FundedPayout, Outcome, PayoutRules};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Store, Writes};

use crate::payout_rules::terms;

/// What the moderator decides.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviewInput {
    /// `release` lets it go on, `reject` ends it and makes its money available again.
    decision: Decision,
}

/// See [`ReviewInput`].
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// It goes on.
    Release,
    /// It ends.
    Reject,
}

/// Carries out the decision, with its line in the audit trail.
pub async fn handle(
    store: &Store,
    call: Call<ReviewInput, (FundedPayout, PayoutRules)>,
) -> Result<Outcome<Found<PayoutView>>, Error> {
    let (FundedPayout { mut payout, mut funds }, rules) = call.target.clone();
    let (by, before) = (call.principal.user_id(), payout.status);
    let effects = match call.input.decision {
        Decision::Release => {
            let terms = terms(&rules, &call.rails)?;
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
    call.commit(store, writes, Found(PayoutView::from(&payout))).await
}
