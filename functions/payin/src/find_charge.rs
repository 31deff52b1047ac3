//! `GET /v1/charges/{id}`: show a charge.

use domain::charge::{Charge, ChargeView};
use domain::kernel::Error;
use edge::{Call, Found, NoInput};
use store::Store;

/// Returns the charge with its status at this time.
pub async fn handle(_: &Store, call: Call<NoInput, Charge>) -> Result<Found<ChargeView>, Error> {
    Ok(Found(ChargeView::from(&call.target.as_of(call.moment.now))))
}
