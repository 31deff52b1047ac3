//! `PATCH /v1/users/{id}`: change name, roles or permissions of a user.

use std::collections::BTreeSet;

use domain::access::{
    AuditAction, Permission, Role, User, UserKind, UserView, check_roles, name_flaw,
};
use domain::kernel::Error;
use edge::{Call, CheckedInput, InputContext, InputRules, OkJson, Outcome};
use gate::login_key;
use schemars::JsonSchema;
use serde::Deserialize;
use store::{Store, Writes};

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

impl InputRules for UserChange {
    fn check(&self, _: &InputContext) -> Result<(), Error> {
        let flaw = self.name.as_deref().and_then(|name| name_flaw("name", name));
        flaw.map_or(Ok(()), |violation| Err(Error::Invalid(vec![violation])))
    }
}

/// Changes the user. The change has effect from the user's next request, because no access is cached.
pub async fn handle(
    store: &Store,
    call: Call<CheckedInput<UserChange>, User>,
) -> Result<Outcome<OkJson<UserView>>, Error> {
    let before = &call.target;
    let mut user = before.clone();
    if let Some(name) = &call.input.name {
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
    // Of a program too: it may have a key already, which gains the right at once.
    if user.full_access().gains_writes_over(&before.full_access()) {
        call.demand_code()?;
    }
    let (old, new) = (before.audited(), user.audited());
    let mut writes = Writes::default().replace(&user).create(&call.audit(
        AuditAction::UserUpdated,
        user.id,
        old,
        new,
    ));
    if user.name != before.name
        && let (UserKind::Human, Some(email)) = (user.kind, &user.email)
    {
        writes = writes.rename_login(&login_key(email), user.account_id, &user.name);
    }
    writes = match (before.is_acting_moderator(), user.is_acting_moderator()) {
        (false, true) => writes.add_moderator(user.account_id),
        (true, false) => writes.remove_moderator(user.account_id),
        (true, true) | (false, false) => writes,
    };
    call.commit(store, writes, OkJson(UserView::from(&user))).await
}
