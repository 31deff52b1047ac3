//! The accounts of the ledger.
use crate::kernel::string_enum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

string_enum! {
    /// Account of the ledger. `clearing` is money that Trilho has, and `owed` is money that the
    /// customer owes to Trilho. Every other account is money that Trilho owes to the customer, or
    /// that is Trilho's own.
    LedgerAccount {
        /// Money in the payment network's account at Trilho's bank.
        Clearing = "clearing",
        /// Money that payers paid and that is not available yet.
        Receivable = "receivable",
        /// Money that payers paid and the network holds for review.
        UnderReview = "under_review",
        /// Money of payments that matched no charge.
        Unmatched = "unmatched",
        /// Available money of the customer.
        Available = "available",
        /// Money of the customer that is held for a payout or refund.
        Held = "held",
        /// Fees that Trilho took.
        Fees = "fees",
        /// Money of the customer that is blocked and may not be used.
        Blocked = "blocked",
        /// Money that the customer owes to Trilho.
        Owed = "owed",
        /// Money of its own that Trilho paid to the network in place of the customer.
        Advanced = "advanced",
    }
}
