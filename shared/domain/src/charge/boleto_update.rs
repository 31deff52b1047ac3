//! What the bank of a boleto reports about an order.
use crate::kernel::Failure;
use serde::{Deserialize, Serialize};

/// A fact that a bank reports about an order of a boleto.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum BoletoUpdate {
    /// The bank has the order and will answer later.
    Accepted,
    /// The bank did what the order says.
    Done,
    /// The bank refused the order.
    Refused {
        /// Reason for the refusal.
        failure: Failure,
    },
}
