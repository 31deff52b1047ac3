//! `GET /v1/payouts`: list payouts, newest first.

use domain::kernel::Error;
use domain::payout::{Payout, PayoutStatus, PayoutView};
use edge::fields::ListInput;
use edge::{Call, ListPage, ReferenceTarget};
use store::Store;

/// Lists a page with masked documents, keys and account numbers of people. A payout without
/// approval in time is shown as `rejected` at once; the filter follows within a minute.
pub async fn handle(
    store: &Store,
    call: Call<ListInput<PayoutStatus>, ReferenceTarget<Payout>>,
) -> Result<ListPage<PayoutView>, Error> {
    call.list_page(store, PayoutView::masked).await
}
