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

/// Payment method that the API offers. A type of its own, because callers must not see methods that
/// Trilho does not offer yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "Method", description = "Payment method.")]
pub enum OfferedMethod {
    /// Pix.
    Pix,
}
