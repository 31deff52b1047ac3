//! `POST /v1/sandbox/charges/{id}/pay`: pay a charge as its payer would.

use domain::account::Account;
use domain::charge::{Charge, ChargeView};
use domain::kernel::Error;
use domain::ledger::Books;
use edge::{Call, Found, NoInput, Outcome};
use store::{Store, Writes};

/// Lets the sandbox network tell what happens, and takes it in the way every rail's word is taken:
/// charge, ledger and events in one transaction.
pub async fn handle(
    store: &Store,
    call: Call<NoInput, (Charge, Account, Books)>,
) -> Result<Outcome<Found<ChargeView>>, Error> {
    crate::only_in_sandbox(call.stage)?;
    let (mut charge, account, mut books) = call.target.clone();
    let told = rails::sandbox::pay(&charge, &call.moment)?;
    let fees = account.fees.charge_fee(charge.method.kind());
    let effects = rails::apply(&mut charge, &mut books, fees, &told, &call.moment)?;
    let writes = Writes::default().replace(&charge).replace(&books).record(&effects);
    call.commit(store, writes, Found(ChargeView::from(&charge))).await
}
