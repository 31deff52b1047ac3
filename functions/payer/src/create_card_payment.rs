//! `POST /pay/{token}/card`: a payer pays a charge with a card, on the payment page.
//!
//! The charge takes one card at a time, and its order decides. A form that is posted a second time, or for a
//! charge that is paid or cancelled, changes nothing and shows the state of the charge.

use domain::charge::{CardPayment, CardToken};
use domain::kernel::{Error, Flaw, Violation};
use edge::{FormReply, PublicForm, books_of_token};
use page_reply::{language, not_found, payment_page_of};
use schemars::JsonSchema;
use serde::Deserialize;
use store::{Store, Writes};

/// The payment that the payer confirmed.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CardPaymentInput {
    /// Token of the card, from the acquirer's form.
    #[schemars(length(min = 8, max = 200), regex(pattern = r"^[A-Za-z0-9._=:-]+$"))]
    card_token: String,
    /// Number of instalments, up to those of the charge; 1 if absent.
    #[schemars(range(min = 1, max = 12))]
    installments: Option<u8>,
    /// Language of the page: `pt` or `en`.
    lang: Option<String>,
}

/// Orders the authorisation, in the transaction that makes the charge `authorizing`.
pub async fn handle(
    store: &Store,
    request: PublicForm<CardPaymentInput>,
) -> Result<FormReply, Error> {
    let input = &request.input;
    let language = language(&request, input.lang.as_deref());
    let token = CardToken::parse(&input.card_token).ok_or_else(|| {
        let detail = "`card_token` is no token of a card";
        Error::Invalid(vec![Violation::new("card_token", Flaw::InvalidFormat, detail)])
    })?;
    let found = books_of_token(store, &request).await?;
    let Some((mut charge, account, books)) = found else {
        return Ok(FormReply(not_found(language)));
    };
    let shows_state = Ok(FormReply(payment_page_of(&request, language)));
    if account.is_closed() || books.require_not_frozen().is_err() {
        return shows_state;
    }
    let installments = input.installments.unwrap_or(1);
    let payment = CardPayment { token, installments, return_url: request.payment_url() };
    let (effects, order) = match charge.pay_by_card(payment, &request.moment) {
        Ok(changed) => changed,
        Err(Error::Conflict { .. }) => return shows_state,
        Err(refused) => return Err(refused),
    };
    let writes = Writes::default().change_charge(&charge, order.as_ref(), &effects);
    store.commit(writes, &request.moment).await?;
    shows_state
}
