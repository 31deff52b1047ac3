//! What a payment network reports about a charge.
use crate::charge::PaymentId;
use serde::{Deserialize, Serialize};

/// A fact that a rail reports about a charge. It names no method and no rail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ChargeUpdate {
    /// The payer paid.
    Paid {
        /// Id of the payment at the network.
        payment_id: PaymentId,
    },
    /// The payer paid, and the network holds the money for review.
    UnderReview {
        /// Id of the payment at the network.
        payment_id: PaymentId,
        /// Reason for the review, as a word.
        reason: String,
    },
    /// The network credited the money to the recipient.
    Credited,
    /// The network returned the money to the payer.
    Rejected {
        /// Reason for the rejection, as a word.
        reason: String,
    },
}
