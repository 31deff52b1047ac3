//! Kinds of callers, and the sets of them that operations are open to.
//!
//! The sets are written by hand and apart from the code, so that a mistake in a permission shows.

use domain::access::{Permission, Role};

/// A kind of caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Caller {
    /// A request without a credential.
    Anyone,
    /// A person with the role `view`.
    Viewer,
    /// A person with the role `write`.
    Writer,
    /// A person with the role `moderator` and two-factor.
    Moderator,
    /// A person with the role `moderator` who has not set up two-factor.
    ModeratorWithoutTwoFactor,
    /// A key with `charges:read`.
    KeyThatReadsCharges,
    /// A key with `charges:write`.
    KeyThatWritesCharges,
    /// A key with `refunds:write`.
    KeyThatWritesRefunds,
    /// A key with `disputes:read`.
    KeyThatReadsDisputes,
    /// A key with `disputes:write`.
    KeyThatWritesDisputes,
    /// A key with `payouts:read`.
    KeyThatReadsPayouts,
    /// A key with `payouts:write`.
    KeyThatWritesPayouts,
    /// A key with `payouts:approve`.
    KeyThatApprovesPayouts,
    /// A key with `beneficiaries:read`.
    KeyThatReadsBeneficiaries,
    /// A key with `beneficiaries:write`.
    KeyThatWritesBeneficiaries,
    /// A key with `collections:read`.
    KeyThatReadsCollections,
    /// A key with `collections:write`.
    KeyThatWritesCollections,
    /// A key with `kyc:read`.
    KeyThatReadsKyc,
    /// A key with `kyc:write`.
    KeyThatWritesKyc,
    /// A key with `webhooks:read`.
    KeyThatReadsWebhooks,
    /// A key with `webhooks:write`.
    KeyThatWritesWebhooks,
    /// A key with `pix_keys:read`.
    KeyThatReadsPixKeys,
    /// A key with `statement:read`.
    KeyThatReadsStatements,
    /// A key with `statements:write`.
    KeyThatWritesStatements,
    /// A key without permissions.
    KeyWithoutPermissions,
}

/// Each kind of person: the role, and whether two-factor is set up.
pub(crate) const PERSONS: [(Caller, Role, bool); 4] = [
    (Caller::Viewer, Role::View, true),
    (Caller::Writer, Role::Write, true),
    (Caller::Moderator, Role::Moderator, true),
    (Caller::ModeratorWithoutTwoFactor, Role::Moderator, false),
];

/// Each kind of key with its permissions.
pub(crate) const API_KEYS: [(Caller, &[Permission]); 20] = [
    (Caller::KeyThatReadsCharges, &[Permission::ChargesRead]),
    (Caller::KeyThatWritesCharges, &[Permission::ChargesWrite]),
    (Caller::KeyThatWritesRefunds, &[Permission::RefundsWrite]),
    (Caller::KeyThatReadsDisputes, &[Permission::DisputesRead]),
    (Caller::KeyThatWritesDisputes, &[Permission::DisputesWrite]),
    (Caller::KeyThatReadsPayouts, &[Permission::PayoutsRead]),
    (Caller::KeyThatWritesPayouts, &[Permission::PayoutsWrite]),
    (Caller::KeyThatApprovesPayouts, &[Permission::PayoutsApprove]),
    (Caller::KeyThatReadsBeneficiaries, &[Permission::BeneficiariesRead]),
    (Caller::KeyThatWritesBeneficiaries, &[Permission::BeneficiariesWrite]),
    (Caller::KeyThatReadsCollections, &[Permission::CollectionsRead]),
    (Caller::KeyThatWritesCollections, &[Permission::CollectionsWrite]),
    (Caller::KeyThatReadsKyc, &[Permission::KycRead]),
    (Caller::KeyThatWritesKyc, &[Permission::KycWrite]),
    (Caller::KeyThatReadsWebhooks, &[Permission::WebhooksRead]),
    (Caller::KeyThatWritesWebhooks, &[Permission::WebhooksWrite]),
    (Caller::KeyThatReadsPixKeys, &[Permission::PixKeysRead]),
    (Caller::KeyThatReadsStatements, &[Permission::StatementRead]),
    (Caller::KeyThatWritesStatements, &[Permission::StatementsWrite]),
    (Caller::KeyWithoutPermissions, &[]),
];

/// Everyone: the operation is public.
pub(crate) const ANYONE: &[Caller] = &[Caller::Anyone];

/// Every caller with a valid credential.
pub(crate) const EVERY_CALLER: &[Caller] = &[
    Caller::Viewer,
    Caller::Writer,
    Caller::Moderator,
    Caller::ModeratorWithoutTwoFactor,
    Caller::KeyThatReadsCharges,
    Caller::KeyThatWritesCharges,
    Caller::KeyThatWritesRefunds,
    Caller::KeyThatReadsDisputes,
    Caller::KeyThatWritesDisputes,
    Caller::KeyThatReadsPayouts,
    Caller::KeyThatWritesPayouts,
    Caller::KeyThatApprovesPayouts,
    Caller::KeyThatReadsBeneficiaries,
    Caller::KeyThatWritesBeneficiaries,
    Caller::KeyThatReadsCollections,
    Caller::KeyThatWritesCollections,
    Caller::KeyThatReadsKyc,
    Caller::KeyThatWritesKyc,
    Caller::KeyThatReadsWebhooks,
    Caller::KeyThatWritesWebhooks,
    Caller::KeyThatReadsPixKeys,
    Caller::KeyThatReadsStatements,
    Caller::KeyThatWritesStatements,
    Caller::KeyWithoutPermissions,
];

/// Every person.
pub(crate) const PEOPLE: &[Caller] =
    &[Caller::Viewer, Caller::Writer, Caller::Moderator, Caller::ModeratorWithoutTwoFactor];

/// Every person with two-factor.
pub(crate) const PEOPLE_WITH_TWO_FACTOR: &[Caller] =
    &[Caller::Viewer, Caller::Writer, Caller::Moderator];

/// Moderators, with and without two-factor.
pub(crate) const MODERATORS: &[Caller] = &[Caller::Moderator, Caller::ModeratorWithoutTwoFactor];

/// Moderators with two-factor.
pub(crate) const MODERATOR_WITH_TWO_FACTOR: &[Caller] = &[Caller::Moderator];

/// People, and keys with `charges:read`, `charges:write` or `refunds:write`.
pub(crate) const CHARGE_READERS: &[Caller] = &[
    Caller::Viewer,
    Caller::Writer,
    Caller::Moderator,
    Caller::ModeratorWithoutTwoFactor,
    Caller::KeyThatReadsCharges,
    Caller::KeyThatWritesCharges,
    Caller::KeyThatWritesRefunds,
];

/// People who may write, and keys with `charges:write`.
pub(crate) const CHARGE_WRITERS: &[Caller] =
    &[Caller::Writer, Caller::Moderator, Caller::KeyThatWritesCharges];

/// People who may write, and keys with `refunds:write`.
pub(crate) const REFUND_WRITERS: &[Caller] =
    &[Caller::Writer, Caller::Moderator, Caller::KeyThatWritesRefunds];

/// People who may write, and keys with `disputes:write`.
pub(crate) const DISPUTE_WRITERS: &[Caller] =
    &[Caller::Writer, Caller::Moderator, Caller::KeyThatWritesDisputes];

/// People, and keys with `disputes:read` or `disputes:write`.
pub(crate) const DISPUTE_READERS: &[Caller] = &[
    Caller::Viewer,
    Caller::Writer,
    Caller::Moderator,
    Caller::ModeratorWithoutTwoFactor,
    Caller::KeyThatReadsDisputes,
    Caller::KeyThatWritesDisputes,
];

/// People, and keys with `payouts:read`, `payouts:write` or `payouts:approve`.
pub(crate) const PAYOUT_READERS: &[Caller] = &[
    Caller::Viewer,
    Caller::Writer,
    Caller::Moderator,
    Caller::ModeratorWithoutTwoFactor,
    Caller::KeyThatReadsPayouts,
    Caller::KeyThatWritesPayouts,
    Caller::KeyThatApprovesPayouts,
];

/// People who may write, and keys with `payouts:write`.
pub(crate) const PAYOUT_WRITERS: &[Caller] =
    &[Caller::Writer, Caller::Moderator, Caller::KeyThatWritesPayouts];

/// People who may write, and keys with `payouts:approve`.
pub(crate) const PAYOUT_APPROVERS: &[Caller] =
    &[Caller::Writer, Caller::Moderator, Caller::KeyThatApprovesPayouts];

/// People, and keys with `beneficiaries:read` or `beneficiaries:write`.
pub(crate) const BENEFICIARY_READERS: &[Caller] = &[
    Caller::Viewer,
    Caller::Writer,
    Caller::Moderator,
    Caller::ModeratorWithoutTwoFactor,
    Caller::KeyThatReadsBeneficiaries,
    Caller::KeyThatWritesBeneficiaries,
];

/// People who may write, and keys with `beneficiaries:write`.
pub(crate) const BENEFICIARY_WRITERS: &[Caller] =
    &[Caller::Writer, Caller::Moderator, Caller::KeyThatWritesBeneficiaries];

/// People, and keys with `collections:read` or `collections:write`.
pub(crate) const COLLECTION_READERS: &[Caller] = &[
    Caller::Viewer,
    Caller::Writer,
    Caller::Moderator,
    Caller::ModeratorWithoutTwoFactor,
    Caller::KeyThatReadsCollections,
    Caller::KeyThatWritesCollections,
];

/// People who may write, and keys with `collections:write`.
pub(crate) const COLLECTION_WRITERS: &[Caller] =
    &[Caller::Writer, Caller::Moderator, Caller::KeyThatWritesCollections];

/// People except viewers, and keys with `kyc:read` or `kyc:write`.
pub(crate) const KYC_READERS: &[Caller] = &[
    Caller::Writer,
    Caller::Moderator,
    Caller::ModeratorWithoutTwoFactor,
    Caller::KeyThatReadsKyc,
    Caller::KeyThatWritesKyc,
];

/// People who may write, and keys with `kyc:write`.
pub(crate) const KYC_WRITERS: &[Caller] =
    &[Caller::Writer, Caller::Moderator, Caller::KeyThatWritesKyc];

/// People who may write, and keys with `pix_keys:read`.
pub(crate) const PIX_KEY_READERS: &[Caller] =
    &[Caller::Writer, Caller::Moderator, Caller::KeyThatReadsPixKeys];

/// People, and keys with `statement:read` or `statements:write`.
pub(crate) const STATEMENT_READERS: &[Caller] = &[
    Caller::Viewer,
    Caller::Writer,
    Caller::Moderator,
    Caller::ModeratorWithoutTwoFactor,
    Caller::KeyThatReadsStatements,
    Caller::KeyThatWritesStatements,
];

/// People who may write, and keys with `statements:write`.
pub(crate) const STATEMENT_WRITERS: &[Caller] =
    &[Caller::Writer, Caller::Moderator, Caller::KeyThatWritesStatements];

/// People, and keys with `webhooks:read` or `webhooks:write`.
pub(crate) const WEBHOOK_READERS: &[Caller] = &[
    Caller::Viewer,
    Caller::Writer,
    Caller::Moderator,
    Caller::ModeratorWithoutTwoFactor,
    Caller::KeyThatReadsWebhooks,
    Caller::KeyThatWritesWebhooks,
];

/// Moderators with two-factor, and keys with `webhooks:write`.
pub(crate) const WEBHOOK_WRITERS: &[Caller] = &[Caller::Moderator, Caller::KeyThatWritesWebhooks];
