//! The settings of an account for its payouts: the protections, and the change of them that waits for a
//! second moderator.
use super::destination_ref::default_cooling_hours;
use crate::kernel::{AccountId, UserId};
use crate::ledger::PayoutLimits;
use crate::payout::{ApprovalRule, DESTINATION_COOLING_HOURS, PayoutProtections, SettingsChange};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The settings of an account for payouts. An account without a row has the defaults.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayoutSettings {
    /// Account of the settings.
    pub account_id: AccountId,
    /// Approvals by amount.
    pub approval_rules: Vec<ApprovalRule>,
    /// Amount in cents from which a moderator must review a payout.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review_from_cents: Option<u64>,
    /// Amount in cents from which compliance must approve a payout. The operator sets it, so no change of the
    /// protections lowers it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kyc_from_cents: Option<u64>,
    /// Limits of payouts.
    pub limits: PayoutLimits,
    /// Hours for which the destination of a saved beneficiary is new.
    #[serde(default = "default_cooling_hours")]
    pub destination_cooling_hours: u16,
    /// Change that waits for a second moderator; it may have expired.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open_change: Option<SettingsChange>,
    /// Time of the last change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<Timestamp>,
    /// User who made the last change; none if the operator made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated_by: Option<UserId>,
    /// Version of the row.
    pub version: u64,
}

impl PayoutSettings {
    /// Returns the default settings.
    pub fn default_of(account_id: AccountId) -> Self {
        Self {
            account_id,
            approval_rules: Vec::new(),
            review_from_cents: None,
            kyc_from_cents: None,
            limits: PayoutLimits::default(),
            destination_cooling_hours: DESTINATION_COOLING_HOURS,
            open_change: None,
            updated_at: None,
            updated_by: None,
            version: 0,
        }
    }

    /// Returns the protections that are in force.
    pub fn protections(&self) -> PayoutProtections {
        PayoutProtections {
            approval_rules: self.approval_rules.clone(),
            review_from_cents: self.review_from_cents,
            limits: self.limits,
            destination_cooling_hours: self.destination_cooling_hours,
        }
    }

    /// Puts protections in force.
    pub(super) fn protect(
        &mut self,
        protections: PayoutProtections,
        by: Option<UserId>,
        now: Timestamp,
    ) {
        let PayoutProtections {
            approval_rules,
            review_from_cents,
            limits,
            destination_cooling_hours,
        } = protections;
        self.approval_rules = approval_rules;
        self.destination_cooling_hours = destination_cooling_hours;
        self.review_from_cents = review_from_cents;
        self.limits = limits;
        (self.updated_at, self.updated_by) = (Some(now), by);
    }
}
