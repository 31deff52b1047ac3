//! `GET /v1/charges`: list charges, newest first.

use domain::charge::{Charge, ChargeStatus, ChargeView};
use domain::kernel::Error;
use edge::fields::ListInput;
use edge::{Call, ListPage, ReferenceTarget};
use store::Store;

/// Returns a page; the documents of payers are masked. A `pending` charge past its `expires_at` appears
/// as `expired` at once; the filter follows within a minute.
pub async fn handle(
    store: &Store,
    call: Call<ListInput<ChargeStatus>, ReferenceTarget<Charge>>,
) -> Result<ListPage<ChargeView>, Error> {
    call.list_page(store, ChargeView::masked).await
}
