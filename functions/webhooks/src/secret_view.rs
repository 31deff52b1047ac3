//! An endpoint with its secret, which no other answer contains.

use domain::webhook::EndpointView;
use schemars::JsonSchema;
use serde::Serialize;

/// A new endpoint, or an endpoint with a new secret.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "NewWebhookEndpoint")]
pub struct SigningSecretView {
    #[serde(flatten)]
    pub(crate) endpoint: EndpointView,
    /// Signing secret, `whsec_...`, in the form that Standard Webhooks libraries accept. Only this
    /// answer shows it.
    pub(crate) secret: String,
}
