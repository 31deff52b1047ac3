//! The payout settings in their API form.

use domain::kernel::UserId;
use domain::ledger::PayoutLimits;
use domain::payout::{ApprovalRule, PayoutSettings, SettingsChangeView};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

/// Payout settings of the account.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "PayoutSettings")]
pub struct SettingsView {
    /// Approvals that a payout needs, by its amount; none below the first rule.
    approval_rules: Vec<ApprovalRule>,
    /// Amount in cents from which a moderator must review a payout; null for no review.
    review_from_cents: Option<u64>,
    /// Amount in cents from which compliance must approve a payout; null if it need not. The operator sets it.
    kyc_from_cents: Option<u64>,
    /// Limits of payouts.
    limits: PayoutLimits,
    /// Hours for which a destination of a saved beneficiary is new, so that a payout to it needs an
    /// approval.
    destination_cooling_hours: u16,
    /// Change that lowers a protection and waits for another moderator; null if none does.
    pending_change: Option<SettingsChangeView>,
    /// Time of the last change; null for the default settings.
    #[serde(serialize_with = "domain::kernel::milliseconds")]
    updated_at: Option<Timestamp>,
    /// Moderator who made or approved the last change; null for the default settings, and if the operator
    /// did.
    updated_by: Option<UserId>,
}

impl SettingsView {
    /// Returns the settings as they are at `now`.
    pub(crate) fn of(settings: &PayoutSettings, now: Timestamp) -> Self {
        let pending = settings.open_change.as_ref().filter(|change| change.is_open(now));
        Self {
            approval_rules: settings.approval_rules.clone(),
            review_from_cents: settings.review_from_cents,
            kyc_from_cents: settings.kyc_from_cents,
            limits: settings.limits,
            destination_cooling_hours: settings.destination_cooling_hours,
            pending_change: pending.map(SettingsChangeView::from),
            updated_at: settings.updated_at,
            updated_by: settings.updated_by,
        }
    }
}
