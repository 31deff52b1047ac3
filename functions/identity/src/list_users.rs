//! `GET /v1/users`: list users, oldest first.

use domain::access::User;
use domain::kernel::Error;
use edge::{Call, ListPage, PageInput};
use store::{Listing, Store};

use crate::UserView;

/// Lists a page of users.
pub async fn handle(store: &Store, call: Call<PageInput>) -> Result<ListPage<UserView>, Error> {
    let listing = Listing::Users(call.account_id());
    let PageInput { limit, cursor } = &call.input;
    call.list(store, &listing, *limit, cursor.as_deref(), |user: User| UserView::from(&user)).await
}
