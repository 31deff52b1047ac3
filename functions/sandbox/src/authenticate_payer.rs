//! `POST /pay/{token}/sandbox-issuer`: a payer proves to the sandbox's issuer who they are.

use domain::charge::CardOrder;
use domain::kernel::{Error, MethodKind};
use domain::ledger::Books;
use edge::{FormReply, PublicForm, Rows};
use page_reply::{language, not_found, payment_page_of};
use rails_sandbox::{SandboxAuthentication, authenticate};
use schemars::JsonSchema;
use serde::Deserialize;
use store::{Key, Store, Writes};

use crate::sandbox_only::sandbox_charge;

/// What the payer says on the page of the issuer.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PayerAuthenticationInput {
    /// `passed` or `failed`.
    outcome: SandboxAuthentication,
    /// Language of the page: `pt` or `en`.
    lang: Option<String>,
}

/// Applies what the acquirer reports, and shows the payment page. A second answer changes nothing.
pub async fn handle(
    store: &Store,
    request: PublicForm<PayerAuthenticationInput>,
) -> Result<FormReply, Error> {
    let input = &request.input;
    let language = language(&request, input.lang.as_deref());
    let found = sandbox_charge(store, &request).await?;
    let Some((mut charge, account)) = found else { return Ok(FormReply(not_found(language))) };
    let shows_state = Ok(FormReply(payment_page_of(&request, language)));
    let Some(number) = charge.method.card().map(|card| card.orders) else { return shows_state };
    let order = Key::CardOrder(charge.account_id, charge.id, number);
    let books = Key::Books(charge.account_id);
    let rows = Rows::load(store, vec![order.clone(), books.clone()]).await?;
    let rows = rows.find::<CardOrder>(&order)?.zip(rows.find::<Books>(&books)?);
    let Some((mut order, mut books)) = rows else { return shows_state };
    let money = (&mut books, account.fees.charge_fee(MethodKind::Card));
    let answer = authenticate(&mut charge, &mut order, money, input.outcome, &request.moment);
    let (outcome, is_answered) = match answer {
        Ok(answer) => answer,
        Err(Error::Conflict { .. }) => return shows_state,
        Err(failed) => return Err(failed),
    };
    let answered = (&order, is_answered);
    let writes = Writes::default().apply_card_status(&charge, &books, answered, &outcome);
    store.commit(writes, &request.moment).await?;
    shows_state
}
