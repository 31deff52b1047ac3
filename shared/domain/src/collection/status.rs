//! The status of a collection.

use crate::kernel::string_enum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

string_enum! {
    /// Status of a collection.
    CollectionStatus {
        /// The link was made.
        Open = "open",
        /// The beneficiary entered a right code.
        Opened = "opened",
        /// The beneficiary sent a Pix key, which waits for its check.
        Submitted = "submitted",
        /// A worker asks the directory.
        Checking = "checking",
        /// The key belongs to the beneficiary, who is saved.
        Verified = "verified",
        /// The key does not belong to the beneficiary, who can send another one.
        NeedsCorrection = "needs_correction",
        /// The time of the link is over.
        Expired = "expired",
        /// The account or a limit ended the link.
        Cancelled = "cancelled",
    }
}

impl CollectionStatus {
    /// Returns true if the link does nothing any more.
    pub fn is_ended(self) -> bool {
        matches!(self, Self::Verified | Self::Expired | Self::Cancelled)
    }

    /// Returns true if the link waits for the beneficiary.
    pub fn takes_data(self) -> bool {
        matches!(self, Self::Open | Self::Opened | Self::NeedsCorrection)
    }
}
