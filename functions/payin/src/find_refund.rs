//! `GET /v1/refunds/{id}`: show a refund.

use domain::{Error, Refund, RefundView};
use edge::{Call, Found, NoInput};
use store::Store;

/// Shows the refund.
pub async fn handle(_: &Store, call: Call<NoInput, Refund>) -> Result<Found<RefundView>, Error> {
    Ok(Found(RefundView::from(&call.target)))
}
