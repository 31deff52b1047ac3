//! The currency of every amount.
use crate::kernel::string_enum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

string_enum! {
    /// Currency of an amount, as a code of ISO 4217.
    Currency {
        /// Brazilian real.
        Brl = "BRL",
    }
}
