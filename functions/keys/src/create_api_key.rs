//! `POST /v1/users/{id}/api-keys`: create a key for an API user.

use domain::access::{API_KEYS_PER_USER_MAX, ApiKey, AuditAction, User, UserKind};
use domain::kernel::{Code, Error, Flaw, Violation, text_flaw};
use edge::{Call, CheckedInput, Created, InputContext, InputRules, Outcome};
use gate::mint_api_key;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;
use store::{Store, Writes};

use crate::key_view::{self, ApiKeySecretView, KeyView};

const NAME_LENGTH_MAX: usize = 100;

/// A new API key.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("examples" = [{ "name": "Shop", "ip_allowlist": ["203.0.113.7", "2001:db8::/32"] }]))]
pub struct NewKey {
    /// Name of the key for people, 1 to 100 characters.
    #[schemars(length(min = 1, max = 100))]
    name: String,
    /// Allow-list: 1 to 100 IPv4 or IPv6 addresses or CIDR ranges. Trilho accepts the key only from
    /// these.
    #[schemars(length(min = 1, max = 100))]
    ip_allowlist: Vec<String>,
    /// Time from which Trilho refuses the key; the key does not expire if absent.
    expires_at: Option<Timestamp>,
}

impl InputRules for NewKey {
    fn check(&self, context: &InputContext) -> Result<(), Error> {
        let mut violations = match key_view::ip_allowlist(&self.ip_allowlist) {
            Ok(_) => Vec::new(),
            Err(Error::Invalid(violations)) => violations,
            Err(error) => return Err(error),
        };
        violations.extend(text_flaw("name", &self.name, NAME_LENGTH_MAX));
        if self.expires_at.is_some_and(|at| at <= context.now) {
            let detail =
                "`expires_at` must be in the future; leave it out for a key that does not expire";
            violations.push(Violation::new("expires_at", Flaw::OutOfRange, detail));
        }
        if violations.is_empty() { Ok(()) } else { Err(Error::Invalid(violations)) }
    }
}

/// Creates the key. Only its hash is stored.
pub async fn handle(
    store: &Store,
    call: Call<CheckedInput<NewKey>, User>,
) -> Result<Outcome<Created<ApiKeySecretView>>, Error> {
    require_room(&call.target)?;
    let ip_allowlist = key_view::ip_allowlist(&call.input.ip_allowlist)?;
    let mut user = call.target.clone();
    let minted = mint_api_key(call.stage, user.account_id, user.id, &call.moment);
    let key = ApiKey {
        id: minted.id.clone(),
        account_id: user.account_id,
        user_id: user.id,
        name: call.input.name.trim().to_owned(),
        hash: call.peppers.hash_key(&minted),
        pepper_version: call.peppers.current(),
        previous: None,
        ip_allowlist,
        expires_at: call.input.expires_at,
        last_used_at: None,
        created_at: call.moment.now,
        version: 0,
    };
    user.api_keys.insert(key.id.clone(), key.created_at);
    let after = key_view::audited(&key);
    let writes = Writes::default().create(&key).replace(&user).create(&call.audit(
        AuditAction::ApiKeyCreated,
        &key.id,
        Value::Null,
        after,
    ));
    let reply = ApiKeySecretView { key: KeyView::from(&key), api_key: minted.text.to_string() };
    call.commit(store, writes, Created(reply)).await
}

/// Refuses a key for a user who cannot have one, or no further one.
fn require_room(user: &User) -> Result<(), Error> {
    if user.kind != UserKind::Api {
        return Err(Error::refused(
            Code::UserKind,
            "a person cannot have an API key; create a user of kind api and give it the key",
        ));
    }
    if user.api_keys.len() >= API_KEYS_PER_USER_MAX {
        let detail = format!(
            "the user has {API_KEYS_PER_USER_MAX} API keys, which is the limit; delete one first"
        );
        return Err(Error::conflict(Code::ApiKeyLimit, detail));
    }
    Ok(())
}
