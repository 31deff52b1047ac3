//! `GET /v1/payments/{id}`: show a payment.

use domain::kernel::Error;
use domain::payment::{Payment, PaymentView};
use edge::{Call, NoInput, OkJson};
use store::Store;

/// Shows the payment as the network reported it.
pub async fn handle(_: &Store, call: Call<NoInput, Payment>) -> Result<OkJson<PaymentView>, Error> {
    Ok(OkJson(PaymentView::from(&call.target)))
}
