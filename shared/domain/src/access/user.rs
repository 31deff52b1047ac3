//! People and programs that act for an account.
use crate::access::{Access, KeyId, Permission, Role, UserKind};
use crate::kernel::{AccountId, UserId};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The status of a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum UserStatus {
    /// The person has not accepted the invitation.
    Invited,
    /// The user can act.
    Active,
    /// A moderator suspended the user: sessions ended, and keys do not work.
    Suspended,
}

/// A user as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// Id of the user.
    pub id: UserId,
    /// Account that the user acts for.
    pub account_id: AccountId,
    /// Person or program.
    pub kind: UserKind,
    /// Name of the user.
    pub name: String,
    /// E-mail with which a person logs in; it never changes. A program may have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Roles of the user.
    pub roles: BTreeSet<Role>,
    /// Permissions beside those of the roles.
    pub permissions: BTreeSet<Permission>,
    /// Status of the user.
    pub status: UserStatus,
    /// True if a person has enrolled two-factor.
    pub two_factor: bool,
    /// Epoch of the open sessions; a session of an earlier one has ended.
    #[serde(default)]
    pub session_epoch: u32,
    /// API keys of a program, each with the time of its creation.
    pub api_keys: BTreeMap<KeyId, Timestamp>,
    /// Time at which the user was added.
    pub created_at: Timestamp,
    /// Number of changes so far.
    pub version: u64,
}

impl User {
    /// Ends all sessions of the person. The same transaction gives the login the new epoch.
    pub fn end_sessions(&mut self) {
        self.session_epoch = self.session_epoch.saturating_add(1);
    }

    /// Returns the permissions of the user. A person who has not given a second factor can only
    /// read.
    pub fn access(&self, second_factor: bool) -> Access {
        let writes = self.kind == UserKind::Api || (self.two_factor && second_factor);
        Access::of(self.kind, &self.roles, &self.permissions, writes)
    }

    /// Returns the permissions of the user, of a person after the second factor.
    pub fn full_access(&self) -> Access {
        Access::of(self.kind, &self.roles, &self.permissions, true)
    }

    /// Returns the user as the audit trail shows it.
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

    /// Returns true if the user counts as a moderator of the account.
    pub fn is_acting_moderator(&self) -> bool {
        self.status == UserStatus::Active && self.roles.contains(&Role::Moderator)
    }
}

/// The number of moderators that can act. It has its own row, so that two moderators who demote
/// each other at the same time conflict there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModeratorCount {
    /// Account of the moderators.
    pub account_id: AccountId,
    /// Number of people with the role who accepted their invitation.
    pub moderators: u64,
}
