//! `POST /v1/api-keys/{id}/rotate`: give an API key a new secret.

use domain::access::{ApiKey, AuditAction, PreviousSecret};
use domain::kernel::{Error, overlap};
use edge::{Call, CheckedInput, Created, InputContext, InputRules, Outcome};
use gate::mint_secret;
use schemars::JsonSchema;
use serde::Deserialize;
use store::{Store, Writes};

use crate::key_view::{self, ApiKeySecretView, KeyView};

/// How long the old secret of a key stays valid.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RotateApiKeyInput {
    /// Time in seconds for which the old secret stays valid, 0 to 604800 (a week); 86400 (a day) if
    /// absent. After a leak, send 0.
    #[schemars(range(max = 604_800))]
    overlap_seconds: Option<u32>,
}

impl InputRules for RotateApiKeyInput {
    fn check(&self, _: &InputContext) -> Result<(), Error> {
        overlap(self.overlap_seconds).map(drop)
    }
}

/// Replaces the secret. The key keeps its id, allow-list and usage. A secret that an earlier rotation
/// replaced ends now.
pub async fn handle(
    store: &Store,
    call: Call<CheckedInput<RotateApiKeyInput>, ApiKey>,
) -> Result<Outcome<Created<ApiKeySecretView>>, Error> {
    let overlap = overlap(call.input.overlap_seconds)?;
    let before = &call.target;
    let (account_id, user_id) = (before.account_id, before.user_id);
    let minted = mint_secret(call.stage, before.id.clone(), account_id, user_id, &call.moment);
    let mut key = before.clone();
    key.hash = call.peppers.hash_key(&minted);
    key.pepper_version = call.peppers.current();
    key.previous = Some(PreviousSecret {
        hash: before.hash.clone(),
        pepper_version: before.pepper_version,
        expires_at: call.moment.now + overlap,
    });
    let (old, new) = (key_view::audited(before), key_view::audited(&key));
    let writes = Writes::default().replace(&key).create(&call.audit(
        AuditAction::ApiKeyRotated,
        &key.id,
        old,
        new,
    ));
    let reply = ApiKeySecretView { key: KeyView::from(&key), api_key: minted.text.to_string() };
    call.commit(store, writes, Created(reply)).await
}
