//! A refund: money of a charge that goes back to its payer.
//!
//! Its statuses are `processing -> paid | rejected`. Trilho holds the amount
//! ([`crate::ledger::Hold`]) when the refund is created, and reserves it on the charge, so that all
//! refunds of a charge together never exceed what was paid. A paid refund settles the hold; a
//! rejected one releases it. The fee of the charge is not refunded, and a refund has no fee.
//! Refunds do not count against the payout limits, because only the payer can receive them.
use crate::charge::{Charge, RefundStatus, RefundUpdate};
use crate::event::History;
use crate::kernel::{
    AccountId, ChargeId, Due, Failure, HoldId, Id, MethodKind, RefundId, StatusChange, UserId,
};
use crate::ledger::{Counterparty, EntryPosition, Funds};
use crate::network::Submission;
use brazil::EndToEndId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The input of a new refund.
#[derive(Debug, Clone)]
pub struct NewRefund {
    /// Amount in cents; none for the rest of the charge.
    pub amount_cents: Option<u64>,
    /// Reason that the caller gave; the payer sees it.
    pub reason: Option<String>,
    /// Caller's own id of the refund.
    pub reference: Option<String>,
    /// Notes of the caller.
    pub metadata: BTreeMap<String, String>,
}

/// The next step with a refund.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum RefundStep {
    /// Submit the order to the network.
    Submit,
    /// Query the network for the status of the order.
    Query,
    /// Apply the update that the network announced for this time.
    ApplyUpdate {
        /// The announced update.
        update: RefundUpdate,
    },
}

/// A refund as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refund {
    /// Id of the refund.
    pub id: RefundId,
    /// Account that refunds.
    pub account_id: AccountId,
    /// Charge that is refunded.
    pub charge_id: ChargeId,
    /// Method of the charge, by which the money goes back.
    pub method: MethodKind,
    /// Id of the payment at the acquirer, of a refund to a card.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card_payment_id: Option<String>,
    /// Payer of the charge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counterparty: Option<Counterparty>,
    /// Status of the refund.
    pub status: RefundStatus,
    /// Amount in cents.
    pub amount_cents: u64,
    /// Reason that the caller gave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Caller's own id of the refund.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Notes of the caller.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub metadata: BTreeMap<String, String>,
    /// State of the order at the network.
    pub submission: Submission,
    /// Time at which the refund window closes; the network accepts no refund after it.
    pub window_ends_at: Timestamp,
    /// End-to-end id of the return, once the network reports it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub return_id: Option<EndToEndId>,
    /// Every status of the refund, oldest first.
    pub status_history: Vec<StatusChange<RefundStatus>>,
    /// Reason for the rejection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
    /// Time at which the refund was created.
    pub created_at: Timestamp,
    /// User who created the refund.
    pub created_by: UserId,
    /// Next step with the refund.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Due<RefundStep>>,
    /// Positions of the ledger entries of the refund.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entries: Vec<EntryPosition>,
    /// Count of the events of the refund, and the last of them.
    pub history: History,
    /// Number of changes so far.
    pub version: u64,
}

/// The charge and the funds that a change of a refund is decided on, as they were read and as they
/// will be written.
#[derive(Debug, Clone)]
pub struct RefundContext {
    /// Charge to write.
    pub charge: Charge,
    /// Funds to write.
    pub funds: Funds,
    read: Charge,
}

impl RefundContext {
    /// Starts from what was read.
    pub fn new(charge: Charge, funds: Funds) -> Self {
        Self { read: charge.clone(), charge, funds }
    }

    /// Returns the charge if it changed.
    pub fn changed_charge(&self) -> Option<&Charge> {
        (self.charge != self.read).then_some(&self.charge)
    }
}

impl Refund {
    /// Returns the id of the refund's hold. A refund has exactly one hold, so both have the same
    /// ULID.
    pub fn hold_of(id: RefundId) -> HoldId {
        HoldId::from_ulid(id.ulid())
    }
}
