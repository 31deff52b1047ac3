//! `POST /v1/charges/{id}/cancel`: cancel a charge that the payer has not paid.

use domain::charge::{Charge, ChargeView};
use domain::kernel::Error;
use edge::{Call, NoInput, OkJson, Outcome};
use store::{Store, Writes};

/// Cancels the charge, or asks the bank of its boleto to write that off. If a payment arrives at the same time, only one of them succeeds, because both
/// require the version of the charge that they read.
pub async fn handle(
    store: &Store,
    call: Call<NoInput, Charge>,
) -> Result<Outcome<OkJson<ChargeView>>, Error> {
    let mut charge = call.target.clone();
    let (effects, order) = charge.cancel(&call.moment)?;
    let writes = Writes::default().change_charge(&charge, order.as_ref(), &effects);
    let view = ChargeView::at(&charge, call.moment.now);
    let view = view.with_payment_url(call.payment_url(charge.id));
    call.commit(store, writes, OkJson(view)).await
}
