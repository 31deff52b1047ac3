//! `POST /v1/charges/{id}/change`: change the due date and the terms of a charge.

use brazil::local_date;
use domain::charge::{Charge, ChargeView, DueTerms};
use domain::kernel::{Error, Flaw, Violation};
use edge::{Call, OkJson, Outcome};
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;
use store::{Store, Writes};

use crate::boleto_fields::boleto_terms_flaws;
use crate::due_fields::{DiscountInput, DueFields, InterestInput, PortionInput};

/// New terms of a charge with a due date. They replace all terms, so a field that is absent has its default.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(
    rename = "ChargeChange",
    extend("examples" = [{ "due_date": "2026-12-20", "rebate": { "amount_cents": 500 } }])
)]
pub struct ChargeChangeInput {
    /// Day on which the charge is due, in São Paulo: today or later, within five years.
    due_date: Date,
    /// Days after the due date on which the charge can still be paid, 0 to 366 and for a boleto 0 to 59; 30 if
    /// absent.
    #[schemars(range(max = 366))]
    payable_days_after_due: Option<u16>,
    /// Fine for a late payment, added once.
    fine: Option<PortionInput>,
    /// Interest for each day of delay.
    interest: Option<InterestInput>,
    /// Discounts for an early payment, earliest first.
    #[schemars(length(max = 3))]
    discounts: Option<Vec<DiscountInput>>,
    /// Rebate, which is always deducted.
    rebate: Option<PortionInput>,
}

/// Changes the terms. A Pix has them at once; the bank of a boleto confirms them, and `requested_terms` shows
/// them until then. A payment at the same time and a change are never both written, because both require the
/// version of the charge that they read.
pub async fn handle(
    store: &Store,
    call: Call<ChargeChangeInput, Charge>,
) -> Result<Outcome<OkJson<ChargeView>>, Error> {
    let mut charge = call.target.clone();
    let terms = check(&call.input, &charge, local_date(call.moment.now))?;
    let (effects, order) = charge.change_terms(terms, &call.moment)?;
    let writes = Writes::default().change_charge(&charge, order.as_ref(), &effects);
    let view = ChargeView::at(&charge, call.moment.now);
    let view = view.with_payment_url(call.payment_url(charge.id));
    call.commit(store, writes, OkJson(view)).await
}

fn check(input: &ChargeChangeInput, charge: &Charge, today: Date) -> Result<DueTerms, Error> {
    let fields = DueFields {
        due_date: Some(input.due_date),
        payable_days_after_due: input.payable_days_after_due,
        fine: input.fine,
        interest: input.interest,
        discounts: input.discounts.as_deref(),
        rebate: input.rebate,
    };
    let terms = fields.read(charge.amount_cents, today).map_err(Error::Invalid)?;
    let terms = terms.ok_or_else(|| Error::internal("the input has a due date"))?;
    if charge.terms.is_none() {
        let detail = "the charge has no due date; cancel it and create one with `due_date`";
        return Err(Error::Invalid(vec![Violation::new("due_date", Flaw::OutOfRange, detail)]));
    }
    let flaws = charge.method.boleto().map(|boleto| boleto_terms_flaws(&terms, &boleto.agreement));
    match flaws {
        Some(flaws) if !flaws.is_empty() => Err(Error::Invalid(flaws)),
        _ => Ok(terms),
    }
}
