//! `POST /v1/payouts/{id}/cancel`: cancel a payout that Trilho has not sent.

use domain::kernel::Error;
use domain::payout::PayoutView;
use edge::{Call, FundedPayout, KycOfPayout, NoInput, OkJson, Outcome};
use store::{Store, Writes};

/// Cancels the payout and makes its money available again, and cancels its KYC request, if it waits for one. If a worker submits it at the same
/// time, the payout's version lets only one of the two win.
pub async fn handle(
    store: &Store,
    call: Call<NoInput, (FundedPayout, KycOfPayout)>,
) -> Result<Outcome<OkJson<PayoutView>>, Error> {
    let (FundedPayout { mut payout, mut funds }, KycOfPayout(request)) = call.target.clone();
    let effects = payout.cancel(request, &mut funds, &call.moment)?;
    let writes = Writes::default().change_payout(&payout, &funds, &effects);
    call.commit(store, writes, OkJson(PayoutView::from(&payout))).await
}
