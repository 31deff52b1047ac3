//! `POST /v1/sandbox/charges/{id}/pay`: pay a charge in place of the payer.

use domain::account::Account;
use domain::charge::{Charge, ChargeView};
use domain::kernel::Error;
use domain::ledger::Books;
use edge::{Call, NoInput, OkJson, Outcome};
use store::{Store, Writes};

use crate::sandbox_only::require_sandbox;

/// Applies the status that the sandbox reports for the payment, as for every rail: charge, ledger and
/// events change in one transaction.
pub async fn handle(
    store: &Store,
    call: Call<NoInput, (Charge, Account, Books)>,
) -> Result<Outcome<OkJson<ChargeView>>, Error> {
    require_sandbox(call.stage)?;
    let (mut charge, account, mut books) = call.target.clone();
    let status = rails_sandbox::pay(&charge, &call.moment)?;
    let fees = account.fees.charge_fee(charge.method.kind());
    let effects = rails::apply_to_charge(&mut charge, &mut books, fees, &status, &call.moment)?;
    let writes = Writes::default().replace(&charge).replace(&books).record(&effects);
    call.commit(store, writes, OkJson(ChargeView::from(&charge))).await
}
