//! What the network reports about a payout.
use crate::payout::PayoutReason;
use brazil::EndToEndId;
use serde::{Deserialize, Serialize};

/// What a network tells about a payout. The same facts come from the sandbox and from a bank.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PayoutUpdate {
    /// It has the order and will say what became of it.
    Accepted,
    /// The beneficiary has the money.
    Settled,
    /// It will not be paid.
    Rejected {
        /// Why.
        reason: PayoutReason,
    },
    /// Money came back.
    Returned {
        /// The return's id in the network.
        return_id: EndToEndId,
        /// How much.
        amount_cents: u64,
        /// Why.
        reason: PayoutReason,
    },
}
