//! `POST /v1/credits/{id}/keep`: keep a credit without a charge.

use domain::account::Account;
use domain::credit::{Credit, CreditView};
use domain::kernel::Error;
use domain::ledger::Books;
use edge::{Call, NoInput, OkJson, Outcome};
use store::{Store, Writes};

/// Makes the money available, less the fee of a charge.
pub async fn handle(
    store: &Store,
    call: Call<NoInput, (Credit, Account, Books)>,
) -> Result<Outcome<OkJson<CreditView>>, Error> {
    let (mut credit, account, mut books) = call.target.clone();
    let fees = account.fees.charge_fee(credit.report.method);
    let effects = credit.keep(&mut books, fees, call.principal.user_id(), &call.moment)?;
    let writes = Writes::default().change_credit(&credit, &books, &effects);
    call.commit(store, writes, OkJson(CreditView::from(&credit))).await
}
