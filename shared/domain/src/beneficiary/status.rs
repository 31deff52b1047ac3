//! The status of a saved beneficiary.

use crate::kernel::string_enum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

string_enum! {
    /// Status of a saved beneficiary.
    BeneficiaryStatus {
        /// The beneficiary is in use.
        Active = "active",
        /// The beneficiary is not in use, and does not change until a user reinstates it.
        Archived = "archived",
    }
}
