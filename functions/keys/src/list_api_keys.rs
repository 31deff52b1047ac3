//! `GET /v1/api-keys`: list the account's API keys, oldest first.

use domain::access::ApiKey;
use domain::kernel::Error;
use edge::{Call, ListPage, PageInput};
use store::{Listing, Store};

use crate::key_view::KeyView;

/// Lists a page of keys.
pub async fn handle(store: &Store, call: Call<PageInput>) -> Result<ListPage<KeyView>, Error> {
    let listing = Listing::ApiKeys(call.account_id());
    let PageInput { limit, cursor } = &call.input;
    call.list(store, &listing, *limit, cursor.as_deref(), |key: ApiKey| KeyView::from(&key)).await
}
