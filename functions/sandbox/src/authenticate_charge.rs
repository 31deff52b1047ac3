//! `POST /v1/sandbox/charges/{id}/authenticate`: prove to the issuer of a card who the payer is.

use domain::charge::{CardOrder, Charge, ChargeView};
use domain::kernel::{Error, MethodKind};
use domain::ledger::Books;
use edge::{Call, OkJson, Outcome, PaymentTerms};
use rails_sandbox::{SandboxAuthentication, asks_nothing, authenticate};
use schemars::JsonSchema;
use serde::Deserialize;
use store::{Key, Store, Writes};

use crate::sandbox_only::require_sandbox;

/// What the payer does on the page of the issuer.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Authentication", extend("examples" = [{ "outcome": "passed" }]))]
pub struct AuthenticationInput {
    /// `passed` or `failed`.
    outcome: SandboxAuthentication,
}

/// Applies what the acquirer reports after the payer was on the page. Only the charge has the number of its
/// order, so this reads twice.
pub async fn handle(
    store: &Store,
    call: Call<AuthenticationInput, (Charge, PaymentTerms, Books)>,
) -> Result<Outcome<OkJson<ChargeView>>, Error> {
    require_sandbox(call.stage)?;
    let (mut charge, terms, mut books) = call.target.clone();
    let number = charge.method.card().map(|card| card.orders);
    let number = number.ok_or_else(|| asks_nothing(&charge, &call.moment))?;
    let order = store.find(&Key::CardOrder(charge.account_id, charge.id, number)).await?;
    let mut order: CardOrder = order.ok_or_else(|| asks_nothing(&charge, &call.moment))?;
    let money = (&mut books, terms.account.fees.charge_fee(MethodKind::Card));
    let outcome = call.input.outcome;
    let (outcome, is_answered) =
        authenticate(&mut charge, &mut order, money, outcome, &call.moment)?;
    let answered = (&order, is_answered);
    let writes = Writes::default().apply_card_status(&charge, &books, answered, &outcome);
    let view = ChargeView::at(&charge, call.moment.now);
    let view = view.with_payment_url(call.payment_url(charge.id));
    call.commit(store, writes, OkJson(view)).await
}
