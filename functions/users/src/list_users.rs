//! `GET /v1/users`: list users, oldest first, or find the person with an e-mail.

use domain::access::{User, UserView};
use domain::kernel::{Error, check_email_length};
use edge::{Call, EmailLogin, ListPage};
use schemars::JsonSchema;
use serde::Deserialize;
use store::{Key, Listing, Store};

/// Page and filter of the list.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UsersInput {
    /// Maximum number of rows, 1 to 100; 25 if absent.
    #[schemars(range(min = 1, max = 100))]
    limit: Option<u8>,
    /// `next_cursor` of the previous page.
    cursor: Option<String>,
    /// Returns only the person who logs in with this e-mail; upper and lower case are equal.
    #[schemars(length(max = 254))]
    email: Option<String>,
}

/// Lists a page of users. The login of an e-mail is read together with the credential, so the person is
/// the second round trip.
pub async fn handle(
    store: &Store,
    call: Call<UsersInput, EmailLogin>,
) -> Result<ListPage<UserView>, Error> {
    let UsersInput { limit, cursor, email } = &call.input;
    let (limit, cursor) = (*limit, cursor.as_deref());
    let Some(email) = email else {
        let listing = Listing::Users(call.account_id());
        return call.list(store, &listing, limit, cursor, |user: User| UserView::from(&user)).await;
    };
    check_email_length(email)?;
    let user: Option<User> = match &call.target.0 {
        Some(login) => store.find(&Key::User(login.account_id, login.user_id)).await?,
        None => None,
    };
    call.list_of_one_page(limit, cursor, user.iter().map(UserView::from).collect())
}
