//! `GET /v1/payout-batches`: list batches of payouts, newest first.

use domain::kernel::Error;
use domain::payout::{BatchView, PayoutBatch};
use edge::{Call, ListPage, PageInput};
use store::{Listing, Store};

/// Lists a page, without the lines.
pub async fn handle(store: &Store, call: Call<PageInput>) -> Result<ListPage<BatchView>, Error> {
    let listing = Listing::PayoutBatches(call.account_id());
    let (limit, cursor) = (call.input.limit, call.input.cursor.as_deref());
    call.list(store, &listing, limit, cursor, |batch: PayoutBatch| BatchView::from(&batch)).await
}
