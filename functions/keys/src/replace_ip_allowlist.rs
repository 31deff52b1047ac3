//! `PUT /v1/api-keys/{id}/ip-allowlist`: replace the allow-list of an API key.

use domain::access::{ApiKey, AuditAction};
use domain::kernel::Error;
use edge::{Call, CheckedInput, InputContext, InputRules, OkJson, Outcome};
use schemars::JsonSchema;
use serde::Deserialize;
use store::{Store, Writes};

use crate::key_view::{self, KeyView};

/// New allow-list of a key.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("examples" = [{ "ip_allowlist": ["203.0.113.7", "2001:db8::/32"] }]))]
pub struct IpAllowlist {
    /// 1 to 100 IPv4 or IPv6 addresses or CIDR ranges.
    #[schemars(length(min = 1, max = 100))]
    ip_allowlist: Vec<String>,
}

impl InputRules for IpAllowlist {
    fn check(&self, _: &InputContext) -> Result<(), Error> {
        key_view::ip_allowlist(&self.ip_allowlist).map(drop)
    }
}

/// Replaces the list. The change has effect from the key's next request.
pub async fn handle(
    store: &Store,
    call: Call<CheckedInput<IpAllowlist>, ApiKey>,
) -> Result<Outcome<OkJson<KeyView>>, Error> {
    let before = &call.target;
    let mut key = before.clone();
    key.ip_allowlist = key_view::ip_allowlist(&call.input.ip_allowlist)?;
    let (old, new) = (key_view::audited(before), key_view::audited(&key));
    let writes = Writes::default().replace(&key).create(&call.audit(
        AuditAction::IpAllowlistReplaced,
        &key.id,
        old,
        new,
    ));
    call.commit(store, writes, OkJson(KeyView::from(&key))).await
}
