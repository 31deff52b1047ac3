//! `POST /v1/payouts/{id}/approve`: approve a payout that another user created.

use domain::access::AuditAction;
use domain::kernel::Error;
use domain::payout::PayoutView;
use edge::{Call, FundedPayout, NoInput, OkJson, Outcome, PayoutRules};
use serde_json::json;
use store::{Store, Writes};

use crate::payout_rules::terms;

/// Approves the payout, which moves to its next status, and writes an audit event. The limits of
/// the day are checked now, because the payout can leave now.
pub async fn handle(
    store: &Store,
    call: Call<NoInput, (FundedPayout, PayoutRules)>,
) -> Result<Outcome<OkJson<PayoutView>>, Error> {
    let (FundedPayout { mut payout, mut funds }, rules) = call.target.clone();
    let terms = terms(&rules, &call.rails)?;
    let (by, before) = (call.principal.user_id(), payout.status);
    let effects = payout.approve(by, &terms, &mut funds, &call.moment)?;
    let audit = call.audit(
        AuditAction::PayoutApproved,
        payout.id,
        json!({ "status": before, "amount_cents": payout.amount_cents }),
        json!({ "status": payout.status, "amount_cents": payout.amount_cents }),
    );
    let writes = Writes::default().change_payout(&payout, &funds, &effects).create(&audit);
    call.commit(store, writes, OkJson(PayoutView::from(&payout))).await
}
