//! `DELETE /v1/webhook-endpoints/{id}`: delete an endpoint.

use domain::access::AuditAction;
use domain::kernel::Error;
use domain::webhook::{Endpoint, EndpointView};
use edge::{Call, NoContent, NoInput, Outcome};
use serde_json::{Value, json};
use store::{Key, Store, Writes};

/// Deletes the endpoint with its secret. Its waiting deliveries are cancelled when they become
/// due.
pub async fn handle(
    store: &Store,
    call: Call<NoInput, Endpoint>,
) -> Result<Outcome<NoContent>, Error> {
    let endpoint = &call.target;
    let before = json!(EndpointView::from(endpoint));
    let audit = call.audit(AuditAction::EndpointDeleted, endpoint.id, before, Value::Null);
    let writes = Writes::default()
        .remove_at_version(endpoint)
        .remove_endpoint(endpoint.account_id)
        .remove_if_present(&Key::EndpointHealth(endpoint.account_id, endpoint.id))
        .remove_if_present(&Key::Replay(endpoint.account_id, endpoint.id))
        .create(&audit);
    call.commit(store, writes, NoContent::default()).await
}
