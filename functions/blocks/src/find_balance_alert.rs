//! `GET /v1/balance-alert`: show the alert for a low balance.

use domain::kernel::Error;
use domain::ledger::{BalanceAlertView, Books};
use edge::{Call, NoInput, OkJson};
use store::Store;

/// Shows the alert.
pub async fn handle(
    _: &Store,
    call: Call<NoInput, Books>,
) -> Result<OkJson<BalanceAlertView>, Error> {
    let books = &call.target;
    Ok(OkJson(books.alert.view(&books.balances, call.moment.now)))
}
