//! An order to the network of a charge: the answer of the account to a demand.
//!
//! The order is a row beside its dispute. It exists until the network has the answer, and until it decided if
//! it says when it decides. A dispute has at most one, because networks take one answer. The order is safe to
//! repeat: its id follows from the dispute, so a network knows an answer that it already has.
use crate::charge::ReturnUpdate;
use crate::dispute::Evidence;
use crate::kernel::{AccountId, BlockId, ChargeId, DisputeId, Due, Failure};
use crate::network::{NetworkAction, OutboundOrder, Submission};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// How long a worker submits an answer. A network refuses one that comes too late by itself.
const SUBMIT_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What an order tells the network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum DisputeInstruction {
    /// The account contests the demand.
    Contest {
        /// Text of the account.
        text: String,
        /// Files of the account, which are in the bucket.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        evidence: Vec<Evidence>,
    },
    /// The account accepts the demand.
    Accept,
}

/// A fact that the network reports about an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum DisputeUpdate {
    /// The network has the answer.
    Received,
    /// The network does not take the answer.
    Refused {
        /// Why.
        failure: Failure,
    },
    /// The network decided about the demand.
    Decided {
        /// What it did.
        fact: ReturnUpdate,
    },
}

/// The next step with an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum DisputeOrderStep {
    /// Submit the answer.
    Submit,
    /// Query the network for the status of the answer.
    Query,
    /// Apply the update that the network announced for this time.
    ApplyUpdate {
        /// The announced update.
        update: DisputeUpdate,
    },
}

/// An order as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DisputeOrder {
    /// Account of the dispute.
    pub account_id: AccountId,
    /// Dispute that the order answers.
    pub dispute_id: DisputeId,
    /// Charge of the dispute.
    pub charge_id: ChargeId,
    /// Balance block of the dispute.
    pub block_id: BlockId,
    /// Id of the demand at the network.
    pub network_id: String,
    /// Amount that the network demands, in cents; for an acceptance the amount that was accepted.
    pub amount_cents: u64,
    /// What the order tells the network.
    pub instruction: DisputeInstruction,
    /// State of the order at the network.
    pub submission: Submission,
    /// Next step with the order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Due<DisputeOrderStep>>,
    /// Number of changes so far.
    pub version: u64,
}

impl OutboundOrder for DisputeOrder {
    /// Returns true: an order is removed once it has ended.
    fn is_in_flight(&self) -> bool {
        true
    }

    fn submission(&self) -> Option<&Submission> {
        Some(&self.submission)
    }

    fn submission_mut(&mut self) -> Option<&mut Submission> {
        Some(&mut self.submission)
    }

    fn next_action(&self) -> Option<(Timestamp, NetworkAction)> {
        let due = self.due.as_ref()?;
        match due.step {
            DisputeOrderStep::Submit => Some((due.at, NetworkAction::Submit)),
            DisputeOrderStep::Query => Some((due.at, NetworkAction::Query)),
            DisputeOrderStep::ApplyUpdate { .. } => None,
        }
    }

    fn schedule_action(&mut self, action: NetworkAction, at: Timestamp) {
        let step = match action {
            NetworkAction::Submit => DisputeOrderStep::Submit,
            NetworkAction::Query => DisputeOrderStep::Query,
        };
        self.due = Some(Due { at, step });
    }

    fn submit_deadline(&self) -> Option<Timestamp> {
        Some(self.submission.queued_at + SUBMIT_FOR)
    }
}
