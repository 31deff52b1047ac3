//! The settings of payouts as the API shows and takes them.

use domain::ledger::PayoutLimits;
use domain::payout::{Approval, PayoutSettings};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

/// What the account demands of its payouts.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "PayoutSettings")]
pub struct SettingsView {
    /// Who must agree beside the one who made a payout.
    approval: Approval,
    /// From this amount on, in cents, a moderator looks at a payout first; null for never.
    review_from_cents: Option<u64>,
    /// How much may go out, in cents; null is unlimited.
    limits: PayoutLimits,
    /// When they were last changed; null for the default.
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
