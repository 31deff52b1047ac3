//! The methods by which a payer can pay a charge, as words of the API.
use crate::kernel::string_enum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

string_enum! {
    /// The method by which a payer pays a charge. The data of the method is in
    /// [`crate::charge::ChargeMethod`].
    MethodKind {
        /// Pix.
        Pix = "pix",
        /// Credit card.
        Card = "card",
        /// Boleto.
        Boleto = "boleto",
    }
}
