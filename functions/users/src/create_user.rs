//! `POST /v1/users`: create an API user, or invite a person.

use std::collections::BTreeSet;

use domain::access::{
    Access, AuditAction, NewUser, Permission, Role, UserKind, UserView, check_roles,
};
use domain::kernel::{Code, EMAIL_PATTERN, Error};
use edge::{Call, CheckedInput, Created, InputContext, InputRules, Outcome};
use gate::{NewInvitation, invite};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::{Store, Writes};

use crate::invitation_view::InvitationView;

/// A new user.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(
    rename = "NewUser",
    extend("x-examples" = {
        "person": {
            "summary": "Invite a person",
            "value": { "name": "Maria Silva", "email": "maria@example.com", "kind": "human", "roles": ["view"] },
        },
        "program": {
            "summary": "A program, which then gets an API key",
            "value": { "name": "Shop", "kind": "api", "permissions": ["charges:write"] },
        },
    })
)]
pub struct UserInput {
    /// Name of the user, 1 to 100 characters.
    #[schemars(length(min = 1, max = 100))]
    name: String,
    /// E-mail with which a person logs in; it cannot change later. The same e-mail can log in to other
    /// accounts too. An API user needs none.
    #[schemars(length(max = 254), regex(pattern = EMAIL_PATTERN))]
    email: Option<String>,
    /// Person (`human`) or program (`api`).
    kind: UserKind,
    /// Roles, which are bundles of permissions; none if absent. Duplicates count once. A person needs at
    /// least one role or permission.
    #[schemars(with = "Option<Vec<Role>>")]
    roles: Option<BTreeSet<Role>>,
    /// Permissions in addition to the roles; none if absent. Duplicates count once.
    #[schemars(with = "Option<Vec<Permission>>")]
    permissions: Option<BTreeSet<Permission>>,
}

/// The new user; for a person also the invitation, which only this answer shows.
#[derive(Serialize, JsonSchema)]
pub struct CreatedUser {
    #[serde(flatten)]
    user: UserView,
    /// Invitation to give to the person; null for an API user.
    invitation: Option<InvitationView>,
}

impl UserInput {
    fn new_user(&self) -> NewUser {
        NewUser {
            kind: self.kind,
            name: self.name.clone(),
            email: self.email.clone(),
            roles: self.roles.clone().unwrap_or_default(),
            permissions: self.permissions.clone().unwrap_or_default(),
        }
    }
}

impl InputRules for UserInput {
    fn check(&self, _: &InputContext) -> Result<(), Error> {
        let new = self.new_user();
        let flaws = new.flaws("");
        if flaws.is_empty() {
            check_roles(new.kind, &new.roles)
        } else {
            Err(Error::Invalid(flaws))
        }
    }
}

/// Creates the user, and for a person a login with an invitation.
pub async fn handle(
    store: &Store,
    call: Call<CheckedInput<UserInput>>,
) -> Result<Outcome<Created<CreatedUser>>, Error> {
    let user = call.input.new_user().open(call.account_id(), &call.moment)?;
    // An invitation with a right to write gives the same access as a key, so a stolen session alone
    // must not make one. A new program has no key, and a key costs a code.
    if user.kind == UserKind::Human && user.full_access().gains_writes_over(&Access::default()) {
        call.demand_code()?;
    }
    let after = user.audited();
    let mut writes = Writes::default().create(&user).create(&call.audit(
        AuditAction::UserCreated,
        user.id,
        Value::Null,
        after,
    ));
    let mut invitation = None;
    if let (UserKind::Human, Some(email)) = (user.kind, &user.email) {
        // Using up the caller's code writes the caller's login, and a transaction can write a row
        // only once.
        if call.principal.user().email.as_ref() == Some(email) {
            let detail = "you have this e-mail yourself; use another one";
            return Err(Error::conflict(Code::EmailTaken, detail));
        }
        let NewInvitation { login, salt, token, expires_at } = invite(&user, email, &call.moment);
        writes = writes.create_login(&login).ensure_salt(&salt);
        invitation = Some(InvitationView::new(&token, expires_at, &call.origin));
    }
    let reply = CreatedUser { user: UserView::from(&user), invitation };
    call.commit(store, writes, Created(reply)).await
}
