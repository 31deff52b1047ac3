//! `GET /v1/disputes/{id}`: show a dispute.

use domain::dispute::{Dispute, DisputeView};
use domain::kernel::Error;
use edge::{Call, NoInput, OkJson};
use store::Store;

/// Shows the dispute.
pub async fn handle(_: &Store, call: Call<NoInput, Dispute>) -> Result<OkJson<DisputeView>, Error> {
    Ok(OkJson(DisputeView::full(&call.target)))
}
