//! `GET /pay/{token}/sandbox-card`: the form of the sandbox's acquirer, on which a payer chooses a test card.

use domain::kernel::{Error, Moment};
use edge::{PageReply, PublicRequest};
use page_reply::{language, page_of_charge};
use payment_page::{PageLanguage, SandboxCard, sandbox_card_page};
use rails_sandbox::{CARD_SCENARIOS, CardScenario};
use schemars::JsonSchema;
use serde::Deserialize;
use store::Store;

use crate::sandbox_only::sandbox_charge;

/// Language of the page. Other parameters are ignored.
#[derive(Deserialize, JsonSchema)]
pub struct CardFormInput {
    /// Language of the page: `pt` or `en`.
    lang: Option<String>,
}

/// Returns the form, which leads to the payment to confirm. It has no field for a number, because the API refuses
/// card numbers (docs/adr/0039), and stores nothing.
pub async fn handle(
    store: &Store,
    request: PublicRequest<CardFormInput>,
) -> Result<PageReply, Error> {
    let language = language(&request, request.input.lang.as_deref());
    let found = sandbox_charge(store, &request).await?;
    Ok(page_of_charge(&request, found, language, |page| {
        sandbox_card_page(page, &cards(language, &request.moment))
    }))
}

/// Returns the cards, each with a new token, as the form of an acquirer makes one.
fn cards(language: PageLanguage, moment: &Moment) -> Vec<SandboxCard> {
    let card = |one: &CardScenario| SandboxCard {
        name: one.name,
        token: one.token(moment),
        label: format!("{} •••• {}", one.brand.as_str(), one.last4),
        description: match language {
            PageLanguage::Portuguese => one.description_pt,
            PageLanguage::English => one.description,
        },
    };
    CARD_SCENARIOS.iter().map(card).collect()
}
