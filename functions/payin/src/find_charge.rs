//! `GET /v1/charges/{id}`: show a charge.

use domain::charge::{Charge, ChargeView};
use domain::kernel::Error;
use edge::{Call, NoInput, OkJson};
use store::Store;

/// Returns the charge with its status at this time.
pub async fn handle(_: &Store, call: Call<NoInput, Charge>) -> Result<OkJson<ChargeView>, Error> {
    let (now, payment_url) = (call.moment.now, call.payment_url(call.target.id));
    Ok(OkJson(ChargeView::at(&call.target.as_of(now), now).with_payment_url(payment_url)))
}
