//! What a payment network tells about a charge.

use brazil::EndToEndId;
use serde::{Deserialize, Serialize};

/// A fact told by the rail. The same facts come from the sandbox and from a bank.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ChargeUpdate {
    /// The payer paid.
    Paid {
        /// The payment's id in the network.
        end_to_end_id: EndToEndId,
    },
    /// The payer paid and the network holds the money for review.
    UnderReview {
        /// The payment's id in the network.
        end_to_end_id: EndToEndId,
        /// Why, in a word.
        reason: String,
    },
    /// The money is the recipient's.
    Credited,
    /// The money goes back to the payer.
    Rejected {
        /// Why, in a word.
        reason: String,
    },
}
