//! People and programs that act for an account, and what people log in with.
use crate::access::{Access, KeyId, Permission, Role};
use crate::kernel::{AccountId, UserId};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Whether a user is a person or a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum UserKind {
    /// Logs in with e-mail, password and code.
    Human,
    /// Calls with an API key.
    Api,
}

/// Whether a user can act yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum UserStatus {
    /// Has not set a password.
    Invited,
    /// Can act.
    Active,
}

/// A user as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// Its id.
    pub id: UserId,
    /// The account it acts for.
    pub account_id: AccountId,
    /// Person or program.
    pub kind: UserKind,
    /// Its name.
    pub name: String,
    /// The address a person logs in with; never changed. A program may have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Bundles of permissions.
    pub roles: BTreeSet<Role>,
    /// Single permissions on top.
    pub permissions: BTreeSet<Permission>,
    /// Whether it can act.
    pub status: UserStatus,
    /// Whether a person has enrolled two-factor.
    pub two_factor: bool,
    /// A session opened before this is over.
    pub sessions_valid_from: Timestamp,
    /// The keys of a program, and when each was made.
    pub api_keys: BTreeMap<KeyId, Timestamp>,
    /// When it was added.
    pub created_at: Timestamp,
    /// Counts the changes.
    pub version: u64,
}

impl User {
    /// What it may do. A person who has not shown a second factor only reads.
    pub fn access(&self, second_factor: bool) -> Access {
        let writes = self.kind == UserKind::Api || (self.two_factor && second_factor);
        Access::of(&self.roles, &self.permissions, writes)
    }

    /// As the audit trail shows it.
    pub fn audited(&self) -> Value {
        json!({
            "name": self.name,
            "kind": self.kind,
            "roles": self.roles,
            "permissions": self.permissions,
            "status": self.status,
            "two_factor": self.two_factor,
        })
    }

    /// Whether it counts as one of the account's moderators.
    pub fn is_acting_moderator(&self) -> bool {
        self.status == UserStatus::Active && self.roles.contains(&Role::Moderator)
    }
}

/// How many moderators can act. Its own row, so that two who demote each other at once meet in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModeratorCount {
    /// The account.
    pub account_id: AccountId,
    /// People with the role who accepted their invitation.
    pub moderators: u64,
}
