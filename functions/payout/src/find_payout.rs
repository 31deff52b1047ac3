//! `GET /v1/payouts/{id}`: show a payout.

use domain::kernel::Error;
use domain::payout::{Payout, PayoutView};
use edge::{Call, NoInput, OkJson};
use store::Store;

/// Shows the payout with its status at this instant.
pub async fn handle(_: &Store, call: Call<NoInput, Payout>) -> Result<OkJson<PayoutView>, Error> {
    Ok(OkJson(PayoutView::from(&call.target.as_of(call.moment.now))))
}
