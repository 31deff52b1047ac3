//! The states of a refund, and the reasons of a rejection.
use crate::kernel::string_enum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

string_enum! {
    /// Where a refund stands.
    RefundStatus {
        /// On its way, or about to be.
        Processing = "processing",
        /// The payer has the money back.
        Paid = "paid",
        /// It did not go; the money is available again.
        Rejected = "rejected",
    }
}

string_enum! {
    /// Why a refund failed. Every reason there is.
    RefundRejection {
        /// The payer's account is closed.
        AccountClosed = "account_closed",
        /// The payer's account is blocked.
        AccountBlocked = "account_blocked",
        /// The payment went back in another way, such as the network's own return mechanism (MED). What was
        /// held is available again, so a rail may say so only where it has told of that other way.
        AlreadyReturned = "already_returned",
        /// The payer's institution does not answer.
        InstitutionUnavailable = "institution_unavailable",
        /// The network never took it, and takes it no more.
        NotTaken = "not_taken",
        /// The network gave no reason of this list.
        Unspecified = "unspecified",
    }
}
