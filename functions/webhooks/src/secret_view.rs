//! An endpoint together with its secret: the only answer that ever holds it.

use domain::webhook::EndpointView;
use schemars::JsonSchema;
use serde::Serialize;

/// A new endpoint, or one with a new secret.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "NewWebhookEndpoint")]
pub struct SigningSecretView {
    #[serde(flatten)]
    pub(crate) endpoint: EndpointView,
    /// What signs the events sent there, `whsec_...`; every Standard Webhooks library takes it as it
    /// is. Shown this once.
    pub(crate) secret: String,
}
