//! `POST /v1/payouts/{id}/approve`: approve a payout that another user created.

use domain::kernel::Error;
use domain::payout::PayoutView;
use edge::{Call, FundedPayout, NoInput, OkJson, Outcome, PayoutRules};
use store::{Store, Writes};

use crate::decision_trail::approval_line;

/// Approves amount and owner of the payout, and writes an audit event. The last approval that is needed
/// moves the payout to its next status. The limits of the day are checked then, because the payout can
/// leave.
pub async fn handle(
    store: &Store,
    call: Call<NoInput, (FundedPayout, PayoutRules)>,
) -> Result<Outcome<OkJson<PayoutView>>, Error> {
    let (FundedPayout { mut payout, mut funds }, rules) = call.target.clone();
    let terms = rules.terms(&call.rails)?;
    let (by, before) = (call.principal.user_id(), payout.status);
    let effects = payout.approve(by, &terms, &mut funds, &call.moment)?;
    let line = approval_line(&call, before, &payout);
    let writes = Writes::default().change_payout(&payout, &funds, &effects).create(&line);
    call.commit(store, writes, OkJson(PayoutView::from(&payout))).await
}
