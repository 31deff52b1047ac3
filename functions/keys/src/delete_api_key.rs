//! `DELETE /v1/api-keys/{id}`: delete an API key.

use domain::access::{ApiKey, AuditAction};
use domain::kernel::Error;
use edge::{Call, NoContent, NoInput, Outcome};
use serde_json::Value;
use store::{Store, Writes};

use crate::key_view;

/// Deletes the row of the key, so that the next request with the key is refused.
pub async fn handle(
    store: &Store,
    call: Call<NoInput, ApiKey>,
) -> Result<Outcome<NoContent>, Error> {
    let key = &call.target;
    let before = key_view::audited(key);
    let writes = Writes::default().remove_at_version(key).unlist_key(key).create(&call.audit(
        AuditAction::ApiKeyDeleted,
        &key.id,
        before,
        Value::Null,
    ));
    call.commit(store, writes, NoContent::default()).await
}
