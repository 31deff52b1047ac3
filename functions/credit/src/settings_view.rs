//! The rules for payments without a charge in their API form.

use domain::credit::CreditSettings;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

/// Rules of the account for payments that match no charge exactly.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "CreditSettings")]
pub struct CreditSettingsView {
    /// Days after which Trilho returns a new credit to its payer; null if a person decides.
    return_after_days: Option<u16>,
    /// Largest difference between payment and charge, in cents, with which the payment still pays the
    /// charge.
    accepted_difference_cents: u64,
    /// Whether only the payer of a charge can pay it.
    same_payer_only: bool,
    /// Time of the last change; null for the default settings.
    #[serde(serialize_with = "domain::kernel::milliseconds")]
    updated_at: Option<Timestamp>,
}

impl From<&CreditSettings> for CreditSettingsView {
    fn from(settings: &CreditSettings) -> Self {
        Self {
            return_after_days: settings.return_after_days,
            accepted_difference_cents: settings.accepted_difference_cents,
            same_payer_only: settings.same_payer_only,
            updated_at: settings.updated_at,
        }
    }
}
