//! What a payment network reports about money of a charge that it takes back.
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A fact that a rail reports about money that the network takes back, as in MED. It names no method and
/// no rail. A network may report each fact more than once; `notice_id` and `return_id` tell them apart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ReturnUpdate {
    /// The network demands that money of the charge is blocked until it has decided.
    Blocked {
        /// Id of the demand at the network.
        notice_id: String,
        /// Amount to block, in cents; none for all that is left of the charge.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        amount_cents: Option<u64>,
        /// Reason for the demand, as a word.
        reason: String,
        /// Time at which the block ends by itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ends_at: Option<Timestamp>,
        /// Time until which the account can contest the demand.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        respond_by: Option<Timestamp>,
    },
    /// The network returned money of the charge to the payer, all of it or a part.
    Returned {
        /// Id of the return at the network.
        return_id: String,
        /// Demand that the return belongs to, if it has one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        notice_id: Option<String>,
        /// Amount in cents.
        amount_cents: u64,
        /// Reason for the return, as a word.
        reason: String,
    },
    /// The network takes no more money under a demand.
    Closed {
        /// Id of the demand at the network.
        notice_id: String,
    },
}

/// A fact that the network announces for a later time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnnouncedReturn {
    /// Time of the fact.
    pub at: Timestamp,
    /// The fact.
    pub update: ReturnUpdate,
    /// True if the network does this only without an answer of the account to its demand.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unless_answered: bool,
}
