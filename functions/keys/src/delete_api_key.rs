//! `DELETE /v1/api-keys/{id}`: remove a key.

use domain::access::{ApiKey, AuditAction};
use domain::kernel::Error;
use edge::{Call, Done, NoInput, Outcome};
use serde_json::Value;
use store::{Store, Writes};

use crate::key_view;

/// Removes the key's row: its next request finds nothing.
pub async fn handle(store: &Store, call: Call<NoInput, ApiKey>) -> Result<Outcome<Done>, Error> {
    let key = &call.target;
    let before = key_view::audited(key);
    let writes = Writes::default().remove_at_version(key).unlist_key(key).create(&call.audit(
        AuditAction::ApiKeyDeleted,
        &key.id,
        before,
        Value::Null,
    ));
    call.commit(store, writes, Done::default()).await
}
