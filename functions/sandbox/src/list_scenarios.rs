//! `GET /v1/sandbox/scenarios`: which payer document or amount leads where.

use domain::Error;
use edge::{Call, Found, NoInput};
use rails::sandbox::{SCENARIOS, Scenario};
use schemars::JsonSchema;
use serde::Serialize;
use store::Store;

/// All scenarios; the first whose trigger matches a charge wins.
#[derive(Serialize, JsonSchema)]
pub struct Scenarios {
    /// In order.
    data: &'static [Scenario],
}

/// Shows the table the sandbox itself decides by.
pub async fn handle(_: &Store, call: Call<NoInput>) -> Result<Found<Scenarios>, Error> {
    crate::only_in_sandbox(call.stage)?;
    Ok(Found(Scenarios { data: SCENARIOS }))
}
