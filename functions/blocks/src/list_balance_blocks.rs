//! `GET /v1/balance-blocks`: list balance blocks, newest first.

use domain::kernel::Error;
use domain::ledger::{BalanceBlock, BalanceBlockView, BlockStatus, Books};
use edge::{Call, ListPage};
use schemars::JsonSchema;
use serde::Deserialize;
use store::{Listing, Store};

/// Filter and page of a list of balance blocks.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BlocksInput {
    /// Returns only blocks in this status.
    status: Option<BlockStatus>,
    /// Maximum number of rows, 1 to 100; 25 if absent.
    #[schemars(range(min = 1, max = 100))]
    limit: Option<u8>,
    /// `next_cursor` of the previous page.
    cursor: Option<String>,
}

/// Lists a page. The filter by status lags behind by less than a second.
pub async fn handle(
    store: &Store,
    call: Call<BlocksInput, Books>,
) -> Result<ListPage<BalanceBlockView>, Error> {
    let account_id = call.account_id();
    let listing = match call.input.status {
        Some(status) => Listing::BlocksIn(account_id, status.as_str()),
        None => Listing::Blocks(account_id),
    };
    let (limit, cursor) = (call.input.limit, call.input.cursor.as_deref());
    let view = |block: BalanceBlock| BalanceBlockView::new(&block, &call.target);
    call.list(store, &listing, limit, cursor, view).await
}
