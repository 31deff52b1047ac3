//! What an account demands of its own payouts before they go.
use crate::kernel::AccountId;
use crate::ledger::PayoutLimits;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Who must agree to a payout beside the one who made it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Approval {
    /// Nobody.
    #[default]
    None,
    /// Another user of the account with `payouts:write`: four eyes.
    SecondUser,
}

/// The settings of an account, as they are stored; without a row they are the default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayoutSettings {
    /// Whose.
    pub account_id: AccountId,
    /// Who must agree.
    pub approval: Approval,
    /// From this amount on a moderator looks at it first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review_from_cents: Option<u64>,
    /// How much may go out.
    pub limits: PayoutLimits,
    /// When they were last changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<Timestamp>,
    /// Counts the changes.
    pub version: u64,
}

impl PayoutSettings {
    /// What holds for an account that set nothing.
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
