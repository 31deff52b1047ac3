//! A user as the API shows it.

use std::collections::BTreeSet;

use crate::access::{Permission, Role, User, UserKind, UserStatus};
use crate::kernel::UserId;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

/// A user: a person or a program.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "User")]
pub struct UserView {
    /// Id of the user.
    pub id: UserId,
    /// Person (`human`) or program (`api`).
    pub kind: UserKind,
    /// Name of the user.
    pub name: String,
    /// E-mail with which a person logs in.
    pub email: Option<String>,
    /// Roles, which are bundles of permissions.
    pub roles: BTreeSet<Role>,
    /// Permissions in addition to the roles.
    pub permissions: BTreeSet<Permission>,
    /// Status of the user.
    pub status: UserStatus,
    /// Whether the person has two-factor; without two-factor a person can only read.
    pub two_factor: bool,
    /// Time at which the user was created.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
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
