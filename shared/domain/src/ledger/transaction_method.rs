//! The methods by which the money of a transaction travels, in and out.
use crate::kernel::{MethodKind, string_enum};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

string_enum! {
    /// Method by which the money of a transaction travels.
    TransactionMethod {
        /// Pix.
        Pix = "pix",
        /// Boleto; only charges and their refunds, and credits.
        Boleto = "boleto",
        /// Credit card; only charges and their refunds.
        Card = "card",
        /// TED; only payouts.
        Ted = "ted",
    }
}

impl From<MethodKind> for TransactionMethod {
    fn from(method: MethodKind) -> Self {
        match method {
            MethodKind::Pix => Self::Pix,
            MethodKind::Boleto => Self::Boleto,
            MethodKind::Card => Self::Card,
        }
    }
}
