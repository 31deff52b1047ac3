//! `POST /v1/sandbox/charges/{id}/pay`: pay a charge in place of the payer.

use domain::charge::{Charge, ChargeView};
use domain::credit::ArrivalContext;
use domain::kernel::{Code, Error};
use domain::ledger::Books;
use edge::{Call, NoInput, OkJson, Outcome, PaymentTerms};
use store::{Store, Writes};

use crate::return_scenario::start_returns;
use crate::sandbox_only::require_sandbox;

/// Applies the report of the sandbox as that of every rail: payment, charge or credit, ledger and
/// events change in one transaction. A payment that does not pay the charge becomes a credit, and the
/// charge stays as it is.
pub async fn handle(
    store: &Store,
    call: Call<NoInput, (Charge, PaymentTerms, Books)>,
) -> Result<Outcome<OkJson<ChargeView>>, Error> {
    require_sandbox(call.stage)?;
    let (charge, terms, books) = call.target.clone();
    if charge.method.card().is_some() {
        let detail = "a charge by card is paid by the authorisation of its card";
        return Err(Error::conflict(Code::ChargeState, detail));
    }
    let status = rails_sandbox::pay(&charge, &call.moment)?;
    let fees = *terms.account.fees.charge_fee(charge.paid_by());
    // The id of the payment is new, so no row has it.
    let mut context = ArrivalContext::new(Some(charge.clone()), books, terms.settings, fees, None);
    let arrival = rails::apply_arrival(&mut context, &status, &call.moment)?;
    start_returns(&mut context, &call.moment)?;
    let paid = arrival.payment.as_ref();
    let digest = paid.and_then(|payment| call.peppers.payer_digest(&payment.report.payer));
    let writes = Writes::default().record_arrival(&context, &arrival, digest);
    let charge = context.charge.unwrap_or(charge).as_of(call.moment.now);
    let view = ChargeView::at(&charge, call.moment.now);
    let view = view.with_payment_url(call.payment_url(charge.id));
    call.commit(store, writes, OkJson(view)).await
}
