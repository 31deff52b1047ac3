//! The rules of an account for payments that do not match a charge exactly.
use crate::kernel::AccountId;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// Most days after which Trilho returns a credit by itself. The network accepts a return for 90 days,
/// and the rest of them is for returns that the network rejects at first.
pub const RETURN_AFTER_DAYS_MAX: u16 = 80;

/// The rules of an account for payments that do not match a charge exactly. An account without a row
/// has the defaults: the exact amount, any payer, and a person decides about each credit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreditSettings {
    /// Account of the settings.
    pub account_id: AccountId,
    /// Days after which Trilho returns a credit; without them a person decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub return_after_days: Option<u16>,
    /// Largest difference between payment and charge, in cents, with which the payment still pays the
    /// charge.
    pub accepted_difference_cents: u64,
    /// True if only the payer of the charge can pay it. Anybody can pay a charge that names no payer.
    pub same_payer_only: bool,
    /// Time of the last change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<Timestamp>,
    /// Version of the row.
    pub version: u64,
}

impl CreditSettings {
    /// Returns the default settings.
    pub fn default_of(account_id: AccountId) -> Self {
        Self {
            account_id,
            return_after_days: None,
            accepted_difference_cents: 0,
            same_payer_only: false,
            updated_at: None,
            version: 0,
        }
    }

    /// Returns the time at which Trilho returns a credit of `now`. Returns `None` if a person decides.
    pub(crate) fn returns_at(&self, now: Timestamp) -> Option<Timestamp> {
        let days = self.return_after_days?;
        Some(now + SignedDuration::from_hours(24 * i64::from(days)))
    }
}
