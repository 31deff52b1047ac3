//! `POST /v1/sandbox/card-tokens`: make a token of a card of the sandbox.

use domain::kernel::{Error, Flaw, Violation};
use edge::{Call, OkJson};
use rails_sandbox::{CARD_SCENARIOS, card_token};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::Store;

use crate::sandbox_only::require_sandbox;

/// A card of the sandbox.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewCardToken", extend("examples" = [{ "card": "approved" }]))]
pub struct CardTokenInput {
    /// Name of a scenario in `cards` of `GET /v1/sandbox/scenarios`, such as `approved`.
    #[schemars(length(min = 1, max = 40))]
    card: String,
}

/// A token of a card.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "CardToken")]
pub struct CardTokenView {
    /// Token for `card.token` of a charge. It is valid for 15 minutes.
    token: String,
}

/// Returns a new token, as the form of an acquirer does. It stores nothing.
pub async fn handle(_: &Store, call: Call<CardTokenInput>) -> Result<OkJson<CardTokenView>, Error> {
    require_sandbox(call.stage)?;
    let token = card_token(&call.input.card, &call.moment).ok_or_else(|| {
        let names: Vec<_> = CARD_SCENARIOS.iter().map(|one| one.name).collect();
        let detail = format!("`card` must be one of: {}", names.join(", "));
        Error::Invalid(vec![Violation::new("card", Flaw::UnknownValue, detail)])
    })?;
    Ok(OkJson(CardTokenView { token }))
}
