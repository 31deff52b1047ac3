//! `PUT /v1/api-keys/{id}/ip-allowlist`: replace the addresses a key is accepted from.

use domain::access::{ApiKey, AuditAction};
use domain::kernel::Error;
use edge::{Call, Found, Outcome};
use schemars::JsonSchema;
use serde::Deserialize;
use store::{Store, Writes};

use crate::key_view::{self, KeyView};

/// All addresses from now on.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("examples" = [{ "ip_allowlist": ["203.0.113.7", "2001:db8::/32"] }]))]
pub struct IpAllowlist {
    /// 1 to 100 IPv4 or IPv6 addresses or CIDR ranges.
    #[schemars(length(min = 1, max = 100))]
    ip_allowlist: Vec<String>,
}

/// Replaces the list. It holds from the key's next request on.
pub async fn handle(
    store: &Store,
    call: Call<IpAllowlist, ApiKey>,
) -> Result<Outcome<Found<KeyView>>, Error> {
    let before = &call.target;
    let mut key = before.clone();
    key.ip_allowlist = key_view::ip_allowlist(&call.input.ip_allowlist)?;
    let (was, is) = (key_view::audited(before), key_view::audited(&key));
    let writes = Writes::default().replace(&key).create(&call.audit(
        AuditAction::IpAllowlistReplaced,
        &key.id,
        was,
        is,
    ));
    call.commit(store, writes, Found(KeyView::from(&key))).await
}
