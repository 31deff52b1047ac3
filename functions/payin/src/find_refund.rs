//! `GET /v1/refunds/{id}`: show a refund.

use domain::charge::{Refund, RefundView};
use domain::kernel::Error;
use edge::{Call, Found, NoInput};
use store::Store;

/// Returns the refund.
pub async fn handle(_: &Store, call: Call<NoInput, Refund>) -> Result<Found<RefundView>, Error> {
    Ok(Found(RefundView::from(&call.target)))
}
