//! `GET /v1/sandbox/scenarios`: list the scenarios of the sandbox.

use domain::kernel::Error;
use edge::{Call, NoInput, OkJson};
use rails_sandbox::{
    BANK_ACCOUNTS, CHARGE_SCENARIOS, ChargeScenario, DIRECTORY, DirectoryStory, PAYOUT_SCENARIOS,
    PayoutScenario, REFUND_SCENARIOS, RefundScenario, SandboxBankAccount,
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
    /// Scenarios of payouts, by Pix key and amount.
    payouts: &'static [PayoutScenario],
    /// Scenarios of refunds, by amount.
    refunds: &'static [RefundScenario],
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
        payouts: PAYOUT_SCENARIOS,
        refunds: REFUND_SCENARIOS,
        pix_keys: DIRECTORY,
        bank_accounts: BANK_ACCOUNTS,
    }))
}
