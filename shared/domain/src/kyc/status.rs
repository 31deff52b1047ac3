//! The status of a KYC request.

use crate::kernel::string_enum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

string_enum! {
    /// Status of a KYC request.
    KycStatus {
        /// The request waits for documents of the account.
        AwaitingDocuments = "awaiting_documents",
        /// Compliance examines the documents, and the deadline is paused.
        InReview = "in_review",
        /// Compliance does not accept a document, and the account can send another one.
        NeedsCorrection = "needs_correction",
        /// Compliance approved the request, and the payout continues.
        Approved = "approved",
        /// Compliance rejected the request, and the payout was rejected.
        Rejected = "rejected",
        /// The documents did not come in time, and the payout was rejected.
        Expired = "expired",
        /// The payout was cancelled.
        Cancelled = "cancelled",
    }
}

impl KycStatus {
    /// Returns true if the request waits for nothing any more.
    pub fn is_ended(self) -> bool {
        matches!(self, Self::Approved | Self::Rejected | Self::Expired | Self::Cancelled)
    }

    /// Returns true if the request waits for the account, so that the deadline runs.
    pub fn awaits_account(self) -> bool {
        matches!(self, Self::AwaitingDocuments | Self::NeedsCorrection)
    }
}
