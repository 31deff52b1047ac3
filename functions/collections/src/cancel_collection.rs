//! `POST /v1/collections/{id}/cancel`: cancel a Data Collect link.

use domain::access::AuditAction;
use domain::collection::{Collection, CollectionView};
use domain::kernel::Error;
use edge::{Call, NoInput, OkJson, Outcome};
use serde_json::json;
use store::{Store, Writes};

/// Ends the link and erases its personal data. A worker that checks a key at the same moment changes nothing,
/// because both require the version that they read.
pub async fn handle(
    store: &Store,
    call: Call<NoInput, Collection>,
) -> Result<Outcome<OkJson<CollectionView>>, Error> {
    let mut collection = call.target.clone();
    let event = collection.cancel(&call.moment)?;
    let (before, after) =
        (json!({ "status": call.target.status }), json!({ "status": collection.status }));
    let audit = call.audit(AuditAction::CollectionCancelled, collection.id, before, after);
    let writes = Writes::default().replace(&collection).create(&event).create(&audit);
    call.commit(store, writes, OkJson(CollectionView::from(&collection))).await
}
