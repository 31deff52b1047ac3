//! What the network reports about a payout.
use crate::kernel::Failure;
use brazil::EndToEndId;
use serde::{Deserialize, Serialize};

/// An update of a payout from the network. The sandbox and a bank send the same updates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PayoutUpdate {
    /// The network accepted the order; the result follows.
    Accepted,
    /// The beneficiary has the money.
    Settled,
    /// The network rejected the payout.
    Rejected {
        /// Reason for the rejection.
        failure: Failure,
    },
    /// Money of the payout came back.
    Returned {
        /// End-to-end id of the return.
        return_id: EndToEndId,
        /// Amount of the return in cents.
        amount_cents: u64,
        /// Reason for the return.
        failure: Failure,
    },
}
