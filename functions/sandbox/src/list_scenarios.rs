//! `GET /v1/sandbox/scenarios`: which payer, amount or PIX key leads where.

use domain::kernel::Error;
use edge::{Call, Found, NoInput};
use rails::sandbox::{
    ChargeScenario, DIRECTORY, DirectoryStory, PAYOUT_SCENARIOS, PayoutScenario, REFUND_SCENARIOS,
    RefundScenario, SCENARIOS,
};
use schemars::JsonSchema;
use serde::Serialize;
use store::Store;

/// All scenarios; of each list the first that matches wins.
#[derive(Serialize, JsonSchema)]
pub struct Scenarios {
    /// Of charges, by payer and amount.
    data: &'static [ChargeScenario],
    /// Of payouts, by PIX key and amount.
    payouts: &'static [PayoutScenario],
    /// Of refunds, by amount.
    refunds: &'static [RefundScenario],
    /// Of PIX keys: what the directory knows of them.
    pix_keys: &'static [DirectoryStory],
}

/// Shows the tables the sandbox itself decides by.
pub async fn handle(_: &Store, call: Call<NoInput>) -> Result<Found<Scenarios>, Error> {
    crate::only_in_sandbox(call.stage)?;
    let (data, payouts, pix_keys) = (SCENARIOS, PAYOUT_SCENARIOS, DIRECTORY);
    Ok(Found(Scenarios { data, payouts, refunds: REFUND_SCENARIOS, pix_keys }))
}
