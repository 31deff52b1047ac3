//! `POST /v1/users`: add a program, or invite a person.

use std::collections::BTreeSet;

use domain::access::{Access, AuditAction, NewUser, Permission, Role, User, UserKind};
use domain::kernel::{Code, Error};
use edge::{Call, Created, Outcome};
use gate::{Invited, invite};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::{Store, Writes};

use crate::UserView;

/// Who is added.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewUser")]
pub struct UserInput {
    /// 1 to 100 characters.
    #[schemars(length(min = 1, max = 100))]
    name: String,
    /// What a person logs in with; cannot be changed later. A program needs none.
    #[schemars(length(max = 254))]
    email: Option<String>,
    /// Person or program.
    kind: UserKind,
    /// Bundles of permissions; none when absent. One named twice counts once.
    #[schemars(with = "Option<Vec<Role>>")]
    roles: Option<BTreeSet<Role>>,
    /// Single permissions on top; none when absent. One named twice counts once.
    #[schemars(with = "Option<Vec<Permission>>")]
    permissions: Option<BTreeSet<Permission>>,
}

/// The new user, and for a person the invitation, shown once.
#[derive(Serialize, JsonSchema)]
pub struct CreatedUser {
    #[serde(flatten)]
    user: UserView,
    /// To be handed to the person; none for a program.
    invitation: Option<InvitationView>,
}

/// How a person accepts.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Invitation")]
pub struct InvitationView {
    /// The secret part.
    token: String,
    /// Where the person's first password is posted.
    accept_url: String,
    /// From then on it is refused.
    expires_at: Timestamp,
}

/// Adds the user; a person also gets a login that waits for the invitation.
pub async fn handle(
    store: &Store,
    call: Call<UserInput>,
) -> Result<Outcome<Created<CreatedUser>>, Error> {
    let user = open(&call)?;
    // An invitation to write is as good as a key: a stolen session alone must not make one.
    if user.kind == UserKind::Human && access(&user).gains_writes_over(&Access::default()) {
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
        let taken = Error::conflict(Code::EmailTaken, "somebody logs in with this e-mail already");
        // Using up the caller's code changes their login, and a transaction takes a row only once.
        if call.principal.user().email.as_ref() == Some(email) {
            return Err(taken);
        }
        let Invited { login, token, expires_at } = invite(&user, email, &call.moment);
        writes = writes.create_or(&login, taken);
        let token = token.reveal().to_owned();
        let accept_url = format!("{}/v1/invitations/{token}/accept", call.origin);
        invitation = Some(InvitationView { token, accept_url, expires_at });
    }
    let reply = CreatedUser { user: UserView::from(&user), invitation };
    call.commit(store, writes, Created(reply)).await
}

/// What the person may do once they have enrolled two-factor.
fn access(user: &User) -> Access {
    Access::of(&user.roles, &user.permissions, true)
}

fn open(call: &Call<UserInput>) -> Result<User, Error> {
    let input = &call.input;
    let new = NewUser {
        kind: input.kind,
        name: input.name.clone(),
        email: input.email.clone(),
        roles: input.roles.clone().unwrap_or_default(),
        permissions: input.permissions.clone().unwrap_or_default(),
    };
    new.open(call.account_id(), &call.moment)
}
