//! The accounts of the ledger.
use crate::kernel::string_enum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

string_enum! {
    /// Where money can stand. All but `Clearing` are what we owe: to the customer, or to ourselves.
    LedgerAccount {
        /// Money in the payment network's account at our bank.
        Clearing = "clearing",
        /// Paid by a payer, not yet the customer's to use.
        Receivable = "receivable",
        /// Paid by a payer and held by the network for review.
        UnderReview = "under_review",
        /// The customer's to use.
        Available = "available",
        /// The customer's, and promised to somebody: see [`crate::ledger::Hold`].
        Held = "held",
        /// Ours.
        Fees = "fees",
    }
}
