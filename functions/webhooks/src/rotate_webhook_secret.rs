//! `POST /v1/webhook-endpoints/{id}/rotate`: give an endpoint a new signing secret.

use domain::access::AuditAction;
use domain::kernel::{Error, overlap};
use domain::webhook::{Endpoint, EndpointView};
use edge::{Call, CheckedInput, Created, InputContext, InputRules, Outcome};
use gate::{new_signing_secret, signing_context};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;
use store::{Store, Writes};

use crate::secret_view::SigningSecretView;

/// How long the old secret of an endpoint stays valid.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SecretRotation {
    /// Time in seconds for which the old secret also signs, 0 to 604800 (a week); 86400 (a day) if
    /// absent. After a leak, send 0.
    #[schemars(range(max = 604_800))]
    overlap_seconds: Option<u32>,
}

impl InputRules for SecretRotation {
    fn check(&self, _: &InputContext) -> Result<(), Error> {
        overlap(self.overlap_seconds).map(drop)
    }
}

/// Replaces the secret. During the overlap every delivery has both signatures, so the receiver can
/// change at any time.
pub async fn handle(
    store: &Store,
    call: Call<CheckedInput<SecretRotation>, Endpoint>,
) -> Result<Outcome<Created<SigningSecretView>>, Error> {
    let overlap = overlap(call.input.overlap_seconds)?;
    let before = &call.target;
    let mut endpoint = before.clone();
    let secret = new_signing_secret(&call.moment);
    let context = signing_context(endpoint.account_id, endpoint.id);
    let sealed = call.signing().await?.seal(&context, secret.as_bytes(), &call.moment);
    endpoint.rotate(sealed, overlap, call.moment.now);
    let view = EndpointView::from(&endpoint);
    let (was, is) = (json!(EndpointView::from(before)), json!(view));
    let audit = call.audit(AuditAction::EndpointSecretRotated, endpoint.id, was, is);
    let writes = Writes::default().replace(&endpoint).create(&audit);
    let reply = SigningSecretView { endpoint: view, secret: secret.to_string() };
    call.commit(store, writes, Created(reply)).await
}
