//! The statuses of a refund.
use crate::kernel::string_enum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

string_enum! {
    /// Status of a refund.
    RefundStatus {
        /// Trilho is sending the refund, or the network is processing it.
        Processing = "processing",
        /// The payer has the money back.
        Paid = "paid",
        /// The network rejected the refund; the money is available again.
        Rejected = "rejected",
    }
}
