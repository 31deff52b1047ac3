//! The statuses of a credit.
use crate::kernel::string_enum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

string_enum! {
    /// Status of a credit.
    CreditStatus {
        /// The money waits for a decision.
        Unmatched = "unmatched",
        /// The money is on its way back to the payer.
        Returning = "returning",
        /// The payment was matched to a charge or a reference.
        Matched = "matched",
        /// The payer has the money back.
        Returned = "returned",
        /// The account kept the money without a charge.
        Kept = "kept",
    }
}
