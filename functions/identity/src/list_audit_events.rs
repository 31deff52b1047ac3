//! `GET /v1/audit-events`: list the audit trail, newest first.

use domain::access::AuditEvent;
use domain::kernel::Error;
use edge::{Call, ListPage, PageInput};
use store::{Listing, Store};

/// Lists a page of the trail.
pub async fn handle(store: &Store, call: Call<PageInput>) -> Result<ListPage<AuditEvent>, Error> {
    let listing = Listing::AuditEvents(call.account_id());
    let PageInput { limit, cursor } = &call.input;
    call.list(store, &listing, *limit, cursor.as_deref(), |event| event).await
}
