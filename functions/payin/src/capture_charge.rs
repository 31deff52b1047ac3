//! `POST /v1/charges/{id}/capture`: capture an authorised charge by card, all of it or a part.

use domain::charge::{Charge, ChargeView};
use domain::kernel::{Error, Flaw, Violation};
use edge::{Call, OkJson, Outcome, fields};
use schemars::JsonSchema;
use serde::Deserialize;
use store::{Store, Writes};

/// What to capture.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewCapture", extend("examples" = [{ "amount_cents": 4990 }]))]
pub struct CaptureInput {
    /// Amount in cents, up to what was authorised; all of it if absent. The card gets the rest back.
    #[schemars(range(min = 1, max = 99_999_999_999_u64))]
    amount_cents: Option<u64>,
}

/// Orders the capture from the acquirer, whose answer makes the charge paid. A second capture, or a cancellation
/// at the same time, is refused, because each requires the version of the charge that it read.
pub async fn handle(
    store: &Store,
    call: Call<CaptureInput, Charge>,
) -> Result<Outcome<OkJson<ChargeView>>, Error> {
    let flaw = call.input.amount_cents.and_then(|amount| fields::amount("amount_cents", amount));
    if let Some(violation) = flaw {
        return Err(Error::Invalid(vec![violation]));
    }
    let mut charge = call.target.clone();
    check_installments(&call, &charge)?;
    let (effects, order) = charge.capture(call.input.amount_cents, &call.moment)?;
    let writes = Writes::default().change_charge(&charge, order.as_ref(), &effects);
    let view = ChargeView::at(&charge, call.moment.now);
    let view = view.with_payment_url(call.payment_url(charge.id));
    call.commit(store, writes, OkJson(view)).await
}

/// Refuses a part that leaves too little for each instalment.
fn check_installments(call: &Call<CaptureInput, Charge>, charge: &Charge) -> Result<(), Error> {
    let Some((card, amount_cents)) = charge.method.card().zip(call.input.amount_cents) else {
        return Ok(());
    };
    let least = call.rails.card_agreement(call.account_id())?.installment_cents_min;
    let installments = u64::from(card.installments);
    if installments <= 1 || amount_cents / installments >= least {
        return Ok(());
    }
    let detail = format!("each of the {installments} instalments must have at least {least} cents");
    Err(Error::Invalid(vec![Violation::new("amount_cents", Flaw::OutOfRange, detail)]))
}
