//! `GET /health`: for whoever watches from outside. It looks at nothing: what is ill behind it, the
//! alarms say.

use domain::kernel::Error;
use edge::{Found, NoInput, PublicRequest};
use schemars::JsonSchema;
use serde::Serialize;
use store::Store;

/// That it answers.
#[derive(Serialize, JsonSchema)]
pub struct HealthView {
    /// `ok`.
    status: &'static str,
}

/// Answers.
pub async fn handle(_: &Store, _: PublicRequest<NoInput>) -> Result<Found<HealthView>, Error> {
    Ok(Found(HealthView { status: "ok" }))
}
