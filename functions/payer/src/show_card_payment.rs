//! `GET /pay/{token}/card`: the form with which a payer confirms the payment by a card.
//!
//! The acquirer's form sends the payer here with a token of the card. A GET changes nothing; the form does
//! (`create_card_payment`).

use domain::charge::CardToken;
use domain::kernel::Error;
use edge::{PageReply, PublicRequest, charge_of_token};
use page_reply::{language, page_of_charge};
use payment_page::{card_payment_page, payment_page};
use schemars::JsonSchema;
use serde::Deserialize;
use store::Store;

/// Card that the payer typed. Other parameters are ignored, because acquirers add their own.
#[derive(Deserialize, JsonSchema)]
pub struct CardPaymentPageInput {
    /// Token of the card, from the acquirer's form. Without a valid one the payment page is shown.
    card_token: Option<String>,
    /// Language of the page: `pt` or `en`. Without one of them `Accept-Language` decides, and the default is
    /// Portuguese.
    lang: Option<String>,
}

/// Returns the form, or the payment page if the charge does not wait for a card.
pub async fn handle(
    store: &Store,
    request: PublicRequest<CardPaymentPageInput>,
) -> Result<PageReply, Error> {
    let language = language(&request, request.input.lang.as_deref());
    let token = request.input.card_token.as_deref().and_then(CardToken::parse);
    let found = charge_of_token(store, &request).await?;
    Ok(page_of_charge(&request, found, language, |page| {
        Some(match &token {
            Some(token) => card_payment_page(page, token),
            None => payment_page(page),
        })
    }))
}
