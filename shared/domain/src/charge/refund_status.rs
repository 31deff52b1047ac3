//! The statuses of a refund, and the reasons for a rejection.
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

string_enum! {
    /// Reason why a refund was rejected; the list is complete.
    RefundRejection {
        /// The payer's account is closed.
        AccountClosed = "account_closed",
        /// The payer's account is blocked.
        AccountBlocked = "account_blocked",
        /// The payment was already returned, for example by the return mechanism of the network
        /// (MED). The held money is available again, so a rail reports this only if it also
        /// reported that return.
        AlreadyReturned = "already_returned",
        /// The payer's institution does not answer.
        InstitutionUnavailable = "institution_unavailable",
        /// The network never accepted the refund, and the window has closed.
        NotAccepted = "not_accepted",
        /// The network gave no reason from this list.
        Unspecified = "unspecified",
    }
}
