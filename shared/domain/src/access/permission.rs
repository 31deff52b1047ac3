//! Roles and permissions. A user without roles and permissions can do nothing.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

macro_rules! permissions {
    ($($(#[$doc:meta])* $name:ident = $word:literal, implies $implied:expr;)*) => {
        /// Permission of a user. A write permission includes its read permission.
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
        )]
        pub enum Permission {
            $($(#[$doc])* #[serde(rename = $word)] $name,)*
        }

        impl Permission {
            /// Every permission, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Returns the word of the API.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }

            const fn implies(self) -> Option<Self> {
                match self { $(Self::$name => $implied,)* }
            }
        }
    };
}

permissions! {
    /// See charges.
    ChargesRead = "charges:read", implies None;
    /// Create, cancel and refund charges.
    ChargesWrite = "charges:write", implies Some(Self::ChargesRead);
    /// See payouts.
    PayoutsRead = "payouts:read", implies None;
    /// Create, approve and cancel payouts.
    PayoutsWrite = "payouts:write", implies Some(Self::PayoutsRead);
    /// See balance, statements and transactions; request statement files.
    StatementRead = "statement:read", implies None;
    /// See KYC requests.
    KycRead = "kyc:read", implies None;
    /// Insert KYC documents.
    KycWrite = "kyc:write", implies Some(Self::KycRead);
    /// Validate Pix keys.
    PixKeysRead = "pix_keys:read", implies None;
    /// See Data Collect links.
    CollectionsRead = "collections:read", implies None;
    /// Create Data Collect links.
    CollectionsWrite = "collections:write", implies Some(Self::CollectionsRead);
    /// See webhook endpoints, deliveries and events, including the payers.
    WebhooksRead = "webhooks:read", implies None;
    /// Change and test webhook endpoints; redeliver and replay events.
    WebhooksWrite = "webhooks:write", implies Some(Self::WebhooksRead);
}

/// A named bundle of permissions.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// All permissions, and the administration of users, keys and settings.
    Moderator,
    /// All permissions except `webhooks:write`.
    Write,
    /// All read permissions.
    View,
}

impl Role {
    fn grants(self, permission: Permission) -> bool {
        let read = permission.implies().is_none();
        match self {
            Self::Moderator => true,
            Self::Write => read || permission != Permission::WebhooksWrite,
            Self::View => read,
        }
    }
}

/// All permissions of one caller.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Access {
    moderator: bool,
    permissions: BTreeSet<Permission>,
}

impl Access {
    /// Adds up roles and single permissions. `writes` is false for a person without two-factor, who
    /// can only read.
    pub fn of(roles: &BTreeSet<Role>, single: &BTreeSet<Permission>, writes: bool) -> Self {
        let granted = |permission: Permission| {
            roles.iter().any(|role| role.grants(permission))
                || single
                    .iter()
                    .any(|held| *held == permission || held.implies() == Some(permission))
        };
        let permissions = Permission::ALL
            .iter()
            .copied()
            .filter(|permission| granted(*permission) && (writes || permission.implies().is_none()))
            .collect();
        Self { moderator: roles.contains(&Role::Moderator), permissions }
    }

    /// Returns true if the caller has this permission.
    pub fn allows(&self, permission: Permission) -> bool {
        self.permissions.contains(&permission)
    }

    /// Returns true if the caller can see users and keys, and change them with two-factor.
    pub fn is_moderator(&self) -> bool {
        self.moderator
    }

    /// Returns true if this access can change something that `before` could not.
    pub fn gains_writes_over(&self, before: &Self) -> bool {
        let write = |permission: &&Permission| permission.implies().is_some();
        (self.moderator && !before.moderator)
            || self.permissions.difference(&before.permissions).any(|gained| write(&gained))
    }

    /// Returns the permissions in their order.
    pub fn permissions(&self) -> impl Iterator<Item = Permission> {
        self.permissions.iter().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(roles: &[Role], single: &[Permission], writes: bool, expected: &[&str]) {
        let access =
            Access::of(&roles.iter().copied().collect(), &single.iter().copied().collect(), writes);
        let words: Vec<_> = access.permissions().map(Permission::as_str).collect();
        assert_eq!(words, expected);
    }

    const READS: [&str; 7] = [
        "charges:read",
        "payouts:read",
        "statement:read",
        "kyc:read",
        "pix_keys:read",
        "collections:read",
        "webhooks:read",
    ];

    #[test]
    fn a_user_without_roles_and_permissions_can_do_nothing() {
        check(&[], &[], true, &[]);
    }

    #[test]
    fn a_write_permission_includes_its_read_permission() {
        check(&[], &[Permission::ChargesWrite], true, &["charges:read", "charges:write"]);
    }

    #[test]
    fn view_reads_everything_and_writes_nothing() {
        check(&[Role::View], &[], true, &READS);
    }

    #[test]
    fn write_moves_money_but_does_not_change_webhooks() {
        check(
            &[Role::Write],
            &[],
            true,
            &[
                "charges:read",
                "charges:write",
                "payouts:read",
                "payouts:write",
                "statement:read",
                "kyc:read",
                "kyc:write",
                "pix_keys:read",
                "collections:read",
                "collections:write",
                "webhooks:read",
            ],
        );
    }

    #[test]
    fn even_a_moderator_without_two_factor_can_only_read() {
        check(&[Role::Moderator], &[Permission::PayoutsWrite], false, &READS);
    }
}
