//! The states of a payout.
use crate::kernel::string_enum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

string_enum! {
    /// Status of a payout.
    PayoutStatus {
        /// The payout waits for available balance.
        AwaitingFunds = "awaiting_funds",
        /// The payout waits for the approval of other users.
        AwaitingApproval = "awaiting_approval",
        /// The payout waits for the review of a moderator, or for the decision of compliance.
        InReview = "in_review",
        /// The payout waits for its scheduled time.
        Scheduled = "scheduled",
        /// Trilho is sending the payout, or the network is processing it.
        Processing = "processing",
        /// The beneficiary has the money.
        Paid = "paid",
        /// The payout was not paid, and its money is available again.
        Rejected = "rejected",
        /// The whole amount came back.
        Returned = "returned",
        /// The payout was cancelled before Trilho sent it.
        Cancelled = "cancelled",
    }
}
