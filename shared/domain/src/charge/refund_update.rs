//! What the network reports about a refund.
use crate::charge::RefundRejection;
use brazil::EndToEndId;
use serde::{Deserialize, Serialize};

/// What a network tells about a refund. The same facts come from the sandbox and from a bank.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum RefundUpdate {
    /// It has the order and will say what became of it.
    Accepted,
    /// The payer has the money back.
    Settled {
        /// The return's own id in the network, if it has one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        return_id: Option<EndToEndId>,
    },
    /// It will not go back.
    Rejected {
        /// Why.
        reason: RefundRejection,
    },
}
