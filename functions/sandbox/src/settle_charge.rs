//! `POST /v1/sandbox/charges/{id}/settle`: report at once what the network announced of a charge.

use domain::charge::{Charge, ChargeStep, ChargeView};
use domain::credit::ArrivalContext;
use domain::kernel::{Code, Error};
use domain::ledger::Books;
use edge::{Call, NoInput, OkJson, Outcome, PaymentTerms};
use store::{Store, Writes};

use crate::sandbox_only::require_sandbox;

/// Applies the announced update as if its time had come. Charge, ledger and events change in one transaction.
pub async fn handle(
    store: &Store,
    call: Call<NoInput, (Charge, PaymentTerms, Books)>,
) -> Result<Outcome<OkJson<ChargeView>>, Error> {
    require_sandbox(call.stage)?;
    let (charge, terms, books) = call.target.clone();
    let step = charge.due.clone().map(|due| due.step);
    if let Some(ChargeStep::CreditInstallment { number }) = step {
        return credit_installment(store, call, number).await;
    }
    let Some(ChargeStep::ApplyUpdate { update }) = step else {
        let status = charge.status_at(call.moment.now).as_str();
        let detail = format!("the charge is {status}, and the network announced nothing of it");
        return Err(Error::conflict(Code::ChargeState, detail));
    };
    let fees = *terms.account.fees.charge_fee(charge.paid_by());
    let known = match update.network_id() {
        Some(_) => store.read_arrival_of(&charge, &update).await?.known,
        None => None,
    };
    let mut context = ArrivalContext::new(Some(charge.clone()), books, terms.settings, fees, known);
    if let Some(charge) = &mut context.charge {
        charge.due = None;
    }
    let status = rails::NetworkStatus::single(update);
    let arrival = rails::apply_arrival(&mut context, &status, &call.moment)?;
    let paid = arrival.payment.as_ref();
    let digest = paid.and_then(|payment| call.peppers.payer_digest(&payment.report.payer));
    let writes = Writes::default().record_arrival(&context, &arrival, digest);
    let charge = context.charge.unwrap_or(charge).as_of(call.moment.now);
    let view = ChargeView::at(&charge, call.moment.now);
    let view = view.with_payment_url(call.payment_url(charge.id));
    call.commit(store, writes, OkJson(view)).await
}

/// Credits the next instalment of a charge by card, as if its day had come.
async fn credit_installment(
    store: &Store,
    call: Call<NoInput, (Charge, PaymentTerms, Books)>,
    number: u8,
) -> Result<Outcome<OkJson<ChargeView>>, Error> {
    let (mut charge, _, mut books) = call.target.clone();
    let effects = charge.credit_installment(number, &mut books, &call.moment)?;
    let writes = Writes::default().replace(&charge).replace(&books).record(&effects);
    let view = ChargeView::at(&charge, call.moment.now);
    let view = view.with_payment_url(call.payment_url(charge.id));
    call.commit(store, writes, OkJson(view)).await
}
