//! `GET /v1/deliveries/{id}`: show a delivery.

use domain::kernel::Error;
use domain::webhook::{Delivery, DeliveryView};
use edge::{Call, NoInput, OkJson};
use store::Store;

/// Shows the delivery with its attempts.
pub async fn handle(
    _: &Store,
    call: Call<NoInput, Delivery>,
) -> Result<OkJson<DeliveryView>, Error> {
    Ok(OkJson(DeliveryView::from(&call.target)))
}
