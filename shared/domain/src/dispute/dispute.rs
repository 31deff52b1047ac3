//! A dispute: a demand of a network for money of a charge, with the time until which it can be contested.
//!
//! It opens in the transaction that opens the balance block of the demand, and has the ULID of that block, so
//! each leads to the other. The account answers once: it contests the demand or accepts it. The network
//! decides: if it takes money, the dispute is lost; if it gives the demand up, the dispute is won. The word
//! that the network says last counts (docs/adr/0045).
use crate::dispute::{DisputeAnswer, DisputeKind, DisputeStatus, Evidence};
use crate::event::History;
use crate::kernel::{AccountId, BlockId, ChargeId, DisputeId, Due, StatusChange};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The next step with a dispute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DisputeStep {
    /// Remind the account that the time to answer ends.
    Remind,
}

/// A dispute as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispute {
    /// Id of the dispute.
    pub id: DisputeId,
    /// Account of the charge.
    pub account_id: AccountId,
    /// Charge of which the network demands money.
    pub charge_id: ChargeId,
    /// Balance block of the demand.
    pub block_id: BlockId,
    /// Id of the demand at the network.
    pub network_id: String,
    /// Kind of the dispute.
    pub kind: DisputeKind,
    /// Status of the dispute.
    pub status: DisputeStatus,
    /// Amount that the network demands, in cents.
    pub amount_cents: u64,
    /// Amount that the network took, in cents.
    pub taken_cents: u64,
    /// Our fee, in cents.
    pub fee_cents: u64,
    /// Reason of the network in one word.
    pub reason: String,
    /// Time until which the account can contest the demand, in whole seconds, so that the texts sort by time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub respond_by: Option<Timestamp>,
    /// Files that the account announced, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Evidence>,
    /// Answer of the account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<DisputeAnswer>,
    /// Provider that moved the money of the charge; it gets the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// Next step with the dispute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Due<DisputeStep>>,
    /// Time at which the dispute opened.
    pub opened_at: Timestamp,
    /// Every status of the dispute, oldest first.
    pub status_history: Vec<StatusChange<DisputeStatus>>,
    /// Count of the events of the dispute, and the last of them.
    pub history: History,
    /// Number of changes so far.
    pub version: u64,
}
