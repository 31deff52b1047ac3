//! `GET /v1/users/{id}`: show a user.

use domain::access::User;
use domain::kernel::Error;
use edge::{Call, Found, NoInput};
use store::Store;

use crate::UserView;

/// Shows the user.
pub async fn handle(_: &Store, call: Call<NoInput, User>) -> Result<Found<UserView>, Error> {
    Ok(Found(UserView::from(&call.target)))
}
