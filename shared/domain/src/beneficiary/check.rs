//! A check of a saved destination, as it is stored.

use crate::kernel::{CheckId, PayoutId, UserId, string_enum};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

string_enum! {
    /// Result of a check of a destination.
    CheckStatus {
        /// The payment of one cent is not confirmed yet.
        Pending = "pending",
        /// The owner has the document of the beneficiary.
        Matched = "matched",
        /// The owner has another document.
        Mismatch = "mismatch",
        /// There is no owner to compare: the directory does not have the Pix key, or the payment of one cent did
        /// not reach the account.
        Impossible = "impossible",
    }
}

string_enum! {
    /// How a destination was verified.
    VerifiedBy {
        /// The directory of Pix keys named an owner with the document of the beneficiary.
        PixDirectory = "pix_directory",
        /// The bank of the account took a payment of one cent to the document of the beneficiary.
        MicroDeposit = "micro_deposit",
    }
}

/// A check of a destination.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DestinationCheck {
    /// Id of the check.
    pub id: CheckId,
    /// Result of the check.
    pub status: CheckStatus,
    /// Payout of one cent that checks a bank account; null for a Pix key.
    #[serde(default)]
    pub payout_id: Option<PayoutId>,
    /// Time of the result, or of the request while the check is pending.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub checked_at: Timestamp,
    /// User who asked for the check.
    pub checked_by: UserId,
}

impl DestinationCheck {
    /// Returns true if the check has no result yet.
    pub fn is_pending(&self) -> bool {
        self.status == CheckStatus::Pending
    }
}
