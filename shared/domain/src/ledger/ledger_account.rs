//! The accounts of the ledger.
use crate::kernel::string_enum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

string_enum! {
    /// Account of the ledger. Every account except `clearing` is money that Trilho owes to the
    /// customer or has earned.
    LedgerAccount {
        /// Money in the payment network's account at Trilho's bank.
        Clearing = "clearing",
        /// Money that payers paid and that is not available yet.
        Receivable = "receivable",
        /// Money that payers paid and the network holds for review.
        UnderReview = "under_review",
        /// Available money of the customer.
        Available = "available",
        /// Money of the customer that is held for a payout or refund.
        Held = "held",
        /// Fees that Trilho took.
        Fees = "fees",
    }
}
