//! `GET /v1/collections`: list Data Collect links, newest first.

use domain::collection::{Collection, CollectionStatus, CollectionView};
use domain::kernel::Error;
use edge::{Call, ListPage};
use schemars::JsonSchema;
use serde::Deserialize;
use store::{Listing, Store};

/// Filter and page of a list of Data Collect links.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CollectionsInput {
    /// Returns only links in this status.
    status: Option<CollectionStatus>,
    /// Maximum number of rows, 1 to 100; 25 if absent.
    #[schemars(range(min = 1, max = 100))]
    limit: Option<u8>,
    /// `next_cursor` of the previous page.
    cursor: Option<String>,
}

/// Lists a page with masked documents, and without names and contacts. The filter by status lags behind by less
/// than a second.
pub async fn handle(
    store: &Store,
    call: Call<CollectionsInput>,
) -> Result<ListPage<CollectionView>, Error> {
    let (input, account_id) = (&call.input, call.account_id());
    let status = input.status.map(CollectionStatus::as_str);
    let listing = Listing::Collections(account_id, status);
    let view = |collection: Collection| CollectionView::from(&collection);
    call.list(store, &listing, input.limit, input.cursor.as_deref(), view).await
}
