//! `GET /v1/balance-blocks/{id}`: show a balance block.

use domain::kernel::Error;
use domain::ledger::{BalanceBlock, BalanceBlockView, Books};
use edge::{Call, NoInput, OkJson};
use store::Store;

/// Shows the block. The books know how much of it waits for money.
pub async fn handle(
    _: &Store,
    call: Call<NoInput, (BalanceBlock, Books)>,
) -> Result<OkJson<BalanceBlockView>, Error> {
    let (block, books) = &call.target;
    Ok(OkJson(BalanceBlockView::new(block, books)))
}
