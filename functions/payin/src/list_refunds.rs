//! `GET /v1/refunds`: list refunds, newest first.

use domain::charge::{Refund, RefundStatus, RefundView};
use domain::kernel::Error;
use edge::fields::ListInput;
use edge::{Call, ListPage, ReferenceTarget};
use store::Store;

/// Returns a page. The refunds of one charge are in the charge.
pub async fn handle(
    store: &Store,
    call: Call<ListInput<RefundStatus>, ReferenceTarget<Refund>>,
) -> Result<ListPage<RefundView>, Error> {
    call.list_page(store, |refund: &Refund| RefundView::from(refund)).await
}
