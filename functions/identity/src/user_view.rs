//! A user as the API shows it.

use std::collections::BTreeSet;

use domain::access::{Permission, Role, User, UserKind, UserStatus};
use domain::kernel::UserId;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

/// A person or a program.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "User")]
pub struct UserView {
    /// Its id.
    pub id: UserId,
    /// Person or program.
    pub kind: UserKind,
    /// Its name.
    pub name: String,
    /// What a person logs in with.
    pub email: Option<String>,
    /// Bundles of permissions.
    pub roles: BTreeSet<Role>,
    /// Single permissions on top.
    pub permissions: BTreeSet<Permission>,
    /// Whether it can act.
    pub status: UserStatus,
    /// Whether a person enrolled two-factor; without it they only read.
    pub two_factor: bool,
    /// When it was added.
    pub created_at: Timestamp,
}

impl From<&User> for UserView {
    fn from(user: &User) -> Self {
        Self {
            id: user.id,
            kind: user.kind,
            name: user.name.clone(),
            email: user.email.clone(),
            roles: user.roles.clone(),
            permissions: user.permissions.clone(),
            status: user.status,
            two_factor: user.two_factor,
            created_at: user.created_at,
        }
    }
}
