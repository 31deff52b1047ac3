//! `GET /v1/webhook-endpoints`: list the account's endpoints, oldest first.

use domain::kernel::Error;
use domain::webhook::{Endpoint, EndpointView};
use edge::{Call, ListPage, PageInput};
use store::{Listing, Store};

/// Lists a page.
pub async fn handle(store: &Store, call: Call<PageInput>) -> Result<ListPage<EndpointView>, Error> {
    let listing = Listing::Endpoints(call.account_id());
    let PageInput { limit, cursor } = &call.input;
    let view = |endpoint: Endpoint| EndpointView::from(&endpoint);
    call.list(store, &listing, *limit, cursor.as_deref(), view).await
}
