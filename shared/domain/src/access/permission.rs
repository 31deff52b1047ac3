//! Roles and permissions. A user without roles and permissions can do nothing.

use crate::access::UserKind;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

macro_rules! permissions {
    ($($(#[$doc:meta])* $name:ident = $word:literal, $power:expr;)*) => {
        /// Permission of a user. A permission that changes something includes the permission to see
        /// it.
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

            const fn power(self) -> Power {
                match self { $(Self::$name => $power,)* }
            }
        }
    };
}

/// The power that a permission gives.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Power {
    /// The permission shows something.
    See,
    /// The permission shows personal data that few people need; no role of readers has it.
    SeeCandid,
    /// Each use of the permission costs something that the account has little of.
    Spend,
    /// The permission changes something, and includes the permission to see it.
    Change(Permission),
}

permissions! {
    /// See charges and refunds.
    ChargesRead = "charges:read", Power::See;
    /// Create and cancel charges.
    ChargesWrite = "charges:write", Power::Change(Self::ChargesRead);
    /// Refund charges.
    RefundsWrite = "refunds:write", Power::Change(Self::ChargesRead);
    /// See disputes.
    DisputesRead = "disputes:read", Power::See;
    /// Contest and accept disputes.
    DisputesWrite = "disputes:write", Power::Change(Self::DisputesRead);
    /// See payouts.
    PayoutsRead = "payouts:read", Power::See;
    /// Create and cancel payouts.
    PayoutsWrite = "payouts:write", Power::Change(Self::PayoutsRead);
    /// Approve payouts that another user created. Roles give it to people only.
    PayoutsApprove = "payouts:approve", Power::Change(Self::PayoutsRead);
    /// See saved beneficiaries with their documents, keys and bank accounts.
    BeneficiariesRead = "beneficiaries:read", Power::See;
    /// Create, change, archive and reinstate saved beneficiaries.
    BeneficiariesWrite = "beneficiaries:write", Power::Change(Self::BeneficiariesRead);
    /// See balance, statements, transactions and statement files.
    StatementRead = "statement:read", Power::See;
    /// Request statement files; create, change and delete their schedules.
    StatementsWrite = "statements:write", Power::Change(Self::StatementRead);
    /// See KYC requests.
    KycRead = "kyc:read", Power::SeeCandid;
    /// Insert KYC documents.
    KycWrite = "kyc:write", Power::Change(Self::KycRead);
    /// Validate Pix keys and see their owners. Each look-up takes from the account's budget.
    PixKeysRead = "pix_keys:read", Power::Spend;
    /// See Data Collect links, with name, document and contact of the beneficiary.
    CollectionsRead = "collections:read", Power::See;
    /// Create and cancel Data Collect links.
    CollectionsWrite = "collections:write", Power::Change(Self::CollectionsRead);
    /// See webhook endpoints, deliveries and events, including the payers.
    WebhooksRead = "webhooks:read", Power::See;
    /// Change and test webhook endpoints; redeliver and replay events.
    WebhooksWrite = "webhooks:write", Power::Change(Self::WebhooksRead);
}

impl Permission {
    fn implies(self) -> Option<Self> {
        match self.power() {
            Power::Change(seen) => Some(seen),
            Power::See | Power::SeeCandid | Power::Spend => None,
        }
    }

    /// Returns true if the permission only shows something: it changes nothing and costs nothing.
    fn only_reads(self) -> bool {
        matches!(self.power(), Power::See | Power::SeeCandid)
    }
}

/// A named bundle of permissions.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// All permissions, and the administration of users, keys and settings.
    Moderator,
    /// All permissions except `webhooks:write`; for a program also without `payouts:approve`.
    Write,
    /// All read permissions except `kyc:read` and `pix_keys:read`.
    View,
}

impl Role {
    fn grants(self, kind: UserKind, permission: Permission) -> bool {
        // A second user who approves is a person, unless a moderator names the program.
        let fits = kind == UserKind::Human || permission != Permission::PayoutsApprove;
        fits && match self {
            Self::Moderator => true,
            Self::Write => permission != Permission::WebhooksWrite,
            Self::View => permission.power() == Power::See,
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
    /// Adds up roles and single permissions of a user of this kind. `writes` is false for a person
    /// without two-factor, who can only read.
    pub fn of(
        kind: UserKind,
        roles: &BTreeSet<Role>,
        single: &BTreeSet<Permission>,
        writes: bool,
    ) -> Self {
        let granted = |permission: Permission| {
            roles.iter().any(|role| role.grants(kind, permission))
                || single
                    .iter()
                    .any(|held| *held == permission || held.implies() == Some(permission))
        };
        let permissions = Permission::ALL
            .iter()
            .copied()
            .filter(|permission| granted(*permission) && (writes || permission.only_reads()))
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

    /// Returns true if this access can change or spend something that `before` could not.
    pub fn gains_writes_over(&self, before: &Self) -> bool {
        (self.moderator && !before.moderator)
            || self.permissions.difference(&before.permissions).any(|gained| !gained.only_reads())
    }

    /// Returns the permissions in their order.
    pub fn permissions(&self) -> impl Iterator<Item = Permission> {
        self.permissions.iter().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(
        kind: UserKind,
        roles: &[Role],
        single: &[Permission],
        writes: bool,
    ) -> Vec<&'static str> {
        let (roles, single) = (roles.iter().copied().collect(), single.iter().copied().collect());
        Access::of(kind, &roles, &single, writes).permissions().map(Permission::as_str).collect()
    }

    #[track_caller]
    fn check(roles: &[Role], single: &[Permission], writes: bool, expected: &[&str]) {
        assert_eq!(words(UserKind::Human, roles, single, writes), expected);
    }

    const READS: [&str; 7] = [
        "charges:read",
        "disputes:read",
        "payouts:read",
        "beneficiaries:read",
        "statement:read",
        "collections:read",
        "webhooks:read",
    ];

    const WRITER: [&str; 18] = [
        "charges:read",
        "charges:write",
        "refunds:write",
        "disputes:read",
        "disputes:write",
        "payouts:read",
        "payouts:write",
        "payouts:approve",
        "beneficiaries:read",
        "beneficiaries:write",
        "statement:read",
        "statements:write",
        "kyc:read",
        "kyc:write",
        "pix_keys:read",
        "collections:read",
        "collections:write",
        "webhooks:read",
    ];

    #[test]
    fn a_user_without_roles_and_permissions_can_do_nothing() {
        check(&[], &[], true, &[]);
    }

    #[test]
    fn a_write_permission_includes_its_read_permission() {
        check(&[], &[Permission::ChargesWrite], true, &["charges:read", "charges:write"]);
        check(&[], &[Permission::StatementsWrite], true, &["statement:read", "statements:write"]);
    }

    #[test]
    fn view_reads_and_neither_changes_nor_spends_anything() {
        check(&[Role::View], &[], true, &READS);
    }

    #[test]
    fn write_moves_money_but_does_not_change_webhooks() {
        check(&[Role::Write], &[], true, &WRITER);
    }

    #[test]
    fn a_program_approves_only_if_the_permission_is_granted_by_name() {
        let of_role = words(UserKind::Api, &[Role::Write], &[], true);
        let expected: Vec<_> =
            WRITER.into_iter().filter(|word| *word != "payouts:approve").collect();
        assert_eq!(of_role, expected);
        let by_name = words(UserKind::Api, &[], &[Permission::PayoutsApprove], true);
        assert_eq!(by_name, ["payouts:read", "payouts:approve"]);
    }

    #[test]
    fn even_a_moderator_without_two_factor_can_only_read() {
        let reads = [
            "charges:read",
            "disputes:read",
            "payouts:read",
            "beneficiaries:read",
            "statement:read",
            "kyc:read",
            "collections:read",
            "webhooks:read",
        ];
        check(&[Role::Moderator], &[Permission::PayoutsWrite], false, &reads);
        check(&[Role::View], &[Permission::PixKeysRead], false, &READS);
    }

    #[test]
    fn what_changes_or_spends_is_a_gain_and_what_shows_is_none() {
        let of = |single: &[Permission]| {
            let single = single.iter().copied().collect();
            Access::of(UserKind::Api, &BTreeSet::new(), &single, true)
        };
        for permission in Permission::ALL {
            let gains = of(&[*permission]).gains_writes_over(&Access::default());
            let shows =
                permission.as_str().ends_with(":read") && *permission != Permission::PixKeysRead;
            assert_eq!(gains, !shows, "{}", permission.as_str());
        }
        let both = of(&[Permission::ChargesWrite, Permission::RefundsWrite]);
        assert!(both.gains_writes_over(&of(&[Permission::ChargesWrite])));
        assert!(!of(&[Permission::ChargesWrite]).gains_writes_over(&both));
    }
}
