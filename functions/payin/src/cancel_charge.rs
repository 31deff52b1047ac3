//! `POST /v1/charges/{id}/cancel`: cancel a charge that the payer has not paid.

use domain::charge::{Charge, ChargeView};
use domain::kernel::Error;
use edge::{Call, NoInput, OkJson, Outcome};
use store::{Store, Writes};

/// Cancels the charge. If a payment arrives at the same time, only one of them succeeds, because both
/// require the version of the charge that they read.
pub async fn handle(
    store: &Store,
    call: Call<NoInput, Charge>,
) -> Result<Outcome<OkJson<ChargeView>>, Error> {
    let mut charge = call.target.clone();
    let effects = charge.cancel(&call.moment)?;
    let writes = Writes::default().replace(&charge).record(&effects);
    call.commit(store, writes, OkJson(ChargeView::from(&charge))).await
}
