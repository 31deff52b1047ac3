//! The methods by which a payer can pay a charge, as words of the API.
use crate::kernel::string_enum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

string_enum! {
    /// Payment method of a charge.
    #[schemars(rename = "Method")]
    MethodKind {
        /// Pix.
        Pix = "pix",
        /// Boleto.
        Boleto = "boleto",
        /// Credit card.
        Card = "card",
    }
}
