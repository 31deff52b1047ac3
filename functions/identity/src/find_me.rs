//! `GET /v1/me`: who is calling, and what they may do.

use domain::access::{KeyId, Permission};
use domain::account::{Account, Stage};
use domain::kernel::{AccountId, Error};
use edge::{Call, Found, NoInput};
use schemars::JsonSchema;
use serde::Serialize;
use store::Store;

use crate::UserView;

/// The caller.
#[derive(Serialize, JsonSchema)]
pub struct Me {
    /// Whose money.
    account: AccountView,
    /// Who calls.
    user: UserView,
    /// The key used, for a program.
    api_key_id: Option<KeyId>,
    /// What the caller may do in the end, roles and two-factor considered.
    permissions: Vec<Permission>,
    /// Whether users and keys can be seen.
    moderator: bool,
}

/// An account.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Account")]
pub struct AccountView {
    /// Its id.
    id: AccountId,
    /// Name of the company.
    name: String,
    /// `sandbox` or `live`.
    stage: Stage,
}

/// Everything is known from the gate; only the account's name is read, in the same round trip.
pub async fn handle(_: &Store, call: Call<NoInput, Account>) -> Result<Found<Me>, Error> {
    let user = call.principal.user();
    let access = call.principal.access();
    Ok(Found(Me {
        account: AccountView {
            id: call.target.id,
            name: call.target.name.clone(),
            stage: call.stage,
        },
        user: UserView::from(user),
        api_key_id: call.principal.key_id().cloned(),
        permissions: access.permissions().collect(),
        moderator: access.is_moderator(),
    }))
}
