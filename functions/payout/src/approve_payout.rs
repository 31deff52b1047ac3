//! `POST /v1/payouts/{id}/approve`: agree to a payout that somebody else made.

use domain::kernel::Error;
use domain::payout::PayoutView;
use edge::{Call, Found, FundedPayout, NoInput, Outcome, PayoutRules};
use store::{Store, Writes};

use crate::payout_rules::terms;

/// Agrees to the payout, which goes on to its next state. The limits of the day are looked at now,
/// because now it may go.
pub async fn handle(
    store: &Store,
    call: Call<NoInput, (FundedPayout, PayoutRules)>,
) -> Result<Outcome<Found<PayoutView>>, Error> {
    let (FundedPayout { mut payout, mut funds }, rules) = call.target.clone();
    let terms = terms(&rules, &call.rails)?;
    let by = call.principal.user_id();
    let effects = payout.approve(by, &terms, &mut funds, &call.moment)?;
    let writes = Writes::default().change_payout(&payout, &funds, &effects);
    call.commit(store, writes, Found(PayoutView::from(&payout))).await
}
