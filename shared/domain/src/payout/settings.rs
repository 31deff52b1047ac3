//! The settings of an account for its payouts: approval, review and limits.
use crate::kernel::AccountId;
use crate::ledger::PayoutLimits;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Approval that a payout needs from a second user.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Approval {
    /// A payout needs no approval.
    #[default]
    None,
    /// Another user of the account with `payouts:approve` must approve each payout.
    SecondUser,
}

/// The settings of an account for payouts. An account without a row has the defaults.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayoutSettings {
    /// Account of the settings.
    pub account_id: AccountId,
    /// Approval that each payout needs.
    pub approval: Approval,
    /// Amount in cents from which a moderator must review a payout.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review_from_cents: Option<u64>,
    /// Limits of payouts.
    pub limits: PayoutLimits,
    /// Time of the last change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<Timestamp>,
    /// Version of the row.
    pub version: u64,
}

impl PayoutSettings {
    /// Returns the default settings.
    pub fn default_of(account_id: AccountId) -> Self {
        Self {
            account_id,
            approval: Approval::None,
            review_from_cents: None,
            limits: PayoutLimits::default(),
            updated_at: None,
            version: 0,
        }
    }
}
