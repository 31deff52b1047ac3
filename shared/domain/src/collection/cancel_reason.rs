//! Why a collection was cancelled.

use crate::kernel::string_enum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

string_enum! {
    /// Reason of a cancellation.
    CancelReason {
        /// A user of the account cancelled it.
        Requested = "requested",
        /// Five wrong codes were entered, or a code was requested after ten codes.
        Codes = "codes",
        /// Five checks found no match.
        Checks = "checks",
        /// The account was closed before the key was checked.
        AccountClosed = "account_closed",
    }
}
