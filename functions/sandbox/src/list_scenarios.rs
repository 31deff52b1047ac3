//! `GET /v1/sandbox/scenarios`: list the scenarios of the sandbox.

use domain::kernel::Error;
use edge::{Call, NoInput, OkJson};
use rails_sandbox::{
    BANK_ACCOUNTS, BOLETO_SCENARIOS, BoletoScenario, CARD_SCENARIOS, CHARGE_SCENARIOS,
    CardScenario, ChargeScenario, DIRECTORY, DISPUTE_SCENARIOS, DirectoryStory, DisputeScenario,
    PAYOUT_SCENARIOS, PayoutScenario, REFUND_SCENARIOS, RETURN_SCENARIOS, RefundScenario,
    ReturnScenario, SandboxBankAccount,
};
use schemars::JsonSchema;
use serde::Serialize;
use store::Store;

use crate::sandbox_only::require_sandbox;

/// All scenarios; the first match of each list applies.
#[derive(Serialize, JsonSchema)]
pub struct Scenarios {
    /// Scenarios of charges, by payer document and amount.
    data: &'static [ChargeScenario],
    /// Scenarios of boletos, by the amount of the charge.
    boletos: &'static [BoletoScenario],
    /// Scenarios of cards, by the name in `POST /v1/sandbox/card-tokens`.
    cards: &'static [CardScenario],
    /// Scenarios of payouts, by Pix key and amount.
    payouts: &'static [PayoutScenario],
    /// Scenarios of refunds, by amount.
    refunds: &'static [RefundScenario],
    /// Scenarios of money that the network takes back, by the amount of the charge.
    returns: &'static [ReturnScenario],
    /// Scenarios of answers to demands for the money of charges, by the amount of the demand.
    disputes: &'static [DisputeScenario],
    /// Pix keys in the directory of the sandbox.
    pix_keys: &'static [DirectoryStory],
    /// Valid bank accounts to send payouts to, among them one that only a TED reaches.
    bank_accounts: &'static [SandboxBankAccount],
}

/// Returns the tables by which the sandbox decides.
pub async fn handle(_: &Store, call: Call<NoInput>) -> Result<OkJson<Scenarios>, Error> {
    require_sandbox(call.stage)?;
    Ok(OkJson(Scenarios {
        data: CHARGE_SCENARIOS,
        boletos: BOLETO_SCENARIOS,
        cards: CARD_SCENARIOS,
        payouts: PAYOUT_SCENARIOS,
        refunds: REFUND_SCENARIOS,
        returns: RETURN_SCENARIOS,
        disputes: DISPUTE_SCENARIOS,
        pix_keys: DIRECTORY,
        bank_accounts: BANK_ACCOUNTS,
    }))
}
