//! `GET /v1/refunds`: list refunds, newest first.

use domain::charge::{Refund, RefundStatus, RefundView};
use domain::kernel::Error;
use edge::{Call, ListPage, SearchTarget};
use store::Store;

edge::list_query! {
    /// Filters and page of the list of refunds.
    RefundsInput of Refund, RefundStatus {}
    |_query, _reader| {}
}

/// Returns a page. The refunds of one charge are in the charge. The end-to-end id of a payment finds its
/// refunds.
pub async fn handle(
    store: &Store,
    call: Call<RefundsInput, SearchTarget<RefundsInput>>,
) -> Result<ListPage<RefundView>, Error> {
    call.search_page(store, |refund: &Refund| RefundView::from(refund)).await
}
