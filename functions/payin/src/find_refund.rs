//! `GET /v1/refunds/{id}`: show a refund.

use domain::charge::{Refund, RefundView};
use domain::kernel::Error;
use edge::{Call, NoInput, OkJson};
use store::Store;

/// Returns the refund.
pub async fn handle(_: &Store, call: Call<NoInput, Refund>) -> Result<OkJson<RefundView>, Error> {
    Ok(OkJson(RefundView::from(&call.target)))
}
