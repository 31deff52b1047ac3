//! `PATCH /v1/users/{id}`: change name, roles or permissions of a user.

use std::collections::BTreeSet;

use domain::access::{
    Access, AuditAction, Permission, Role, User, UserKind, check_roles, name_flaw,
};
use domain::kernel::Error;
use edge::{Call, OkJson, Outcome};
use schemars::JsonSchema;
use serde::Deserialize;
use store::{Store, Writes};

use crate::UserView;

/// Changes of a user; absent fields stay as they are.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UserChange {
    /// Name of the user, 1 to 100 characters.
    #[schemars(length(min = 1, max = 100))]
    name: Option<String>,
    /// New roles; they replace all old roles. Duplicates count once.
    #[schemars(with = "Option<Vec<Role>>")]
    roles: Option<BTreeSet<Role>>,
    /// New permissions in addition to the roles; they replace all old ones. Duplicates count once.
    #[schemars(with = "Option<Vec<Permission>>")]
    permissions: Option<BTreeSet<Permission>>,
}

/// Changes the user. The change has effect from the user's next request, because no access is cached.
pub async fn handle(
    store: &Store,
    call: Call<UserChange, User>,
) -> Result<Outcome<OkJson<UserView>>, Error> {
    let before = &call.target;
    let mut user = before.clone();
    if let Some(name) = &call.input.name {
        name_flaw("name", name).map_or(Ok(()), |violation| Err(Error::Invalid(vec![violation])))?;
        user.name = name.trim().to_owned();
    }
    if call.input.roles.is_some() || call.input.permissions.is_some() {
        call.not_own(user.id)?;
    }
    if let Some(roles) = &call.input.roles {
        check_roles(user.kind, roles)?;
        user.roles.clone_from(roles);
    }
    if let Some(permissions) = &call.input.permissions {
        user.permissions.clone_from(permissions);
    }
    let access = |user: &User| Access::of(&user.roles, &user.permissions, true);
    if user.kind == UserKind::Human && access(&user).gains_writes_over(&access(before)) {
        call.demand_code()?;
    }
    let (old, new) = (before.audited(), user.audited());
    let mut writes = Writes::default().replace(&user).create(&call.audit(
        AuditAction::UserUpdated,
        user.id,
        old,
        new,
    ));
    writes = match (before.is_acting_moderator(), user.is_acting_moderator()) {
        (false, true) => writes.add_moderator(user.account_id),
        (true, false) => writes.remove_moderator(user.account_id),
        (true, true) | (false, false) => writes,
    };
    call.commit(store, writes, OkJson(UserView::from(&user))).await
}
