//! `GET /v1/refunds`: list refunds, newest first.

use domain::charge::{Refund, RefundStatus, RefundView};
use domain::kernel::Error;
use edge::fields::ListInput;
use edge::{Call, Listed, Referenced};
use store::Store;

/// Lists a page. Those of one charge stand on the charge.
pub async fn handle(
    store: &Store,
    call: Call<ListInput<RefundStatus>, Referenced<Refund>>,
) -> Result<Listed<RefundView>, Error> {
    call.list_page(store, |refund: &Refund| RefundView::from(refund)).await
}
