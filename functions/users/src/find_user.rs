//! `GET /v1/users/{id}`: show a user.

use domain::access::{User, UserView};
use domain::kernel::Error;
use edge::{Call, NoInput, OkJson};
use store::Store;

/// Shows the user.
pub async fn handle(_: &Store, call: Call<NoInput, User>) -> Result<OkJson<UserView>, Error> {
    Ok(OkJson(UserView::from(&call.target)))
}
