//! `GET /v1/me`: show the caller and their permissions.

use domain::access::{KeyId, Permission, UserView};
use domain::account::{Account, Stage};
use domain::kernel::{AccountId, Error};
use edge::{Call, NoInput, OkJson};
use schemars::JsonSchema;
use serde::Serialize;
use store::Store;

/// The caller and their rights.
#[derive(Serialize, JsonSchema)]
pub struct CallerView {
    /// Account of the caller.
    account: AccountView,
    /// User of the caller.
    user: UserView,
    /// API key of the request; null for a person.
    api_key_id: Option<KeyId>,
    /// All permissions of the caller, after roles and two-factor.
    permissions: Vec<Permission>,
    /// Whether the caller is a moderator, who can see users and keys.
    moderator: bool,
}

/// An account.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Account")]
pub struct AccountView {
    /// Id of the account.
    id: AccountId,
    /// Name of the company.
    name: String,
    /// Stage of the deployment: `sandbox` or `live`.
    stage: Stage,
}

/// Shows the caller that the gate allowed. Only the account is read in addition, in the same round
/// trip.
pub async fn handle(_: &Store, call: Call<NoInput, Account>) -> Result<OkJson<CallerView>, Error> {
    let user = call.principal.user();
    let access = call.principal.access();
    Ok(OkJson(CallerView {
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
