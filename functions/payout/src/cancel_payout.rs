//! `POST /v1/payouts/{id}/cancel`: withdraw a payout that has not gone.

use domain::kernel::Error;
use domain::payout::PayoutView;
use edge::{Call, Found, FundedPayout, NoInput, Outcome};
use store::{Store, Writes};

/// Withdraws the payout and makes its money available again. Its going at the same moment and this
/// cannot both win: they meet in the payout's version.
pub async fn handle(
    store: &Store,
    call: Call<NoInput, FundedPayout>,
) -> Result<Outcome<Found<PayoutView>>, Error> {
    let FundedPayout { mut payout, mut funds } = call.target.clone();
    let effects = payout.cancel(&mut funds, &call.moment)?;
    let writes = Writes::default().change_payout(&payout, &funds, &effects);
    call.commit(store, writes, Found(PayoutView::from(&payout))).await
}
