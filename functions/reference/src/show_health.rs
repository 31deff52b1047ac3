//! `GET /health`: report that the API answers, for monitors outside AWS. It checks nothing else, because
//! alarms report failures behind it.

use domain::kernel::Error;
use edge::{NoInput, OkJson, PublicRequest};
use schemars::JsonSchema;
use serde::Serialize;
use store::Store;

/// Health of the API.
#[derive(Serialize, JsonSchema)]
pub struct HealthView {
    /// Always `ok`.
    status: &'static str,
}

/// Returns `ok`.
pub async fn handle(_: &Store, _: PublicRequest<NoInput>) -> Result<OkJson<HealthView>, Error> {
    Ok(OkJson(HealthView { status: "ok" }))
}
