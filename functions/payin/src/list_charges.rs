//! `GET /v1/charges`: list charges, newest first.

use domain::charge::{Charge, ChargeStatus, ChargeView};
use domain::kernel::Error;
use edge::fields::ListInput;
use edge::{Call, Listed, Referenced};
use store::Store;

/// Lists a page; the payers' documents are masked. One in `pending` whose time is over is shown as
/// `expired` at once; the filter follows within a minute.
pub async fn handle(
    store: &Store,
    call: Call<ListInput<ChargeStatus>, Referenced<Charge>>,
) -> Result<Listed<ChargeView>, Error> {
    call.list_page(store, ChargeView::masked).await
}
