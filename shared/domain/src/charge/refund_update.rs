//! What the network reports about a refund.
use crate::kernel::Failure;
use brazil::EndToEndId;
use serde::{Deserialize, Serialize};

/// A fact that a rail reports about a refund. It names no rail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum RefundUpdate {
    /// The network has the order and will report its result.
    Accepted,
    /// The payer has the money back.
    Settled {
        /// End-to-end id of the return, if the network gives one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        return_id: Option<EndToEndId>,
    },
    /// The network rejected the refund.
    Rejected {
        /// Reason for the rejection. If the payment was already returned, the held money of the refund
        /// becomes available again, so a rail reports that only if it also reported that return.
        failure: Failure,
    },
}
