//! The payout settings in their API form.

use domain::ledger::PayoutLimits;
use domain::payout::{Approval, PayoutSettings};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

/// Payout settings of the account.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "PayoutSettings")]
pub struct SettingsView {
    /// Approval that a payout needs from a second user.
    approval: Approval,
    /// Amount in cents from which a moderator must review a payout; null for no review.
    review_from_cents: Option<u64>,
    /// Limits of payouts.
    limits: PayoutLimits,
    /// Time of the last change; null for the default settings.
    #[serde(serialize_with = "domain::kernel::milliseconds")]
    updated_at: Option<Timestamp>,
}

impl From<&PayoutSettings> for SettingsView {
    fn from(settings: &PayoutSettings) -> Self {
        Self {
            approval: settings.approval,
            review_from_cents: settings.review_from_cents,
            limits: settings.limits,
            updated_at: settings.updated_at,
        }
    }
}
