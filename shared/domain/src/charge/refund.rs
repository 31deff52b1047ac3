//! A refund: money of a charge given back to its payer, and every state it can be in.
//!
//! `processing -> succeeded | failed`.
//! Its amount is held ([`crate::ledger::Hold`]) from the moment it is made, and set apart on the charge, so
//! that all refunds of a charge together never exceed what was paid. Succeeded settles the hold;
//! failed releases it. The fee of the charge is not given back, and a refund costs none of its own.
//! Refunds are not counted against the limits of payouts: they go to nobody but the payer.
use crate::charge::{Charge, RefundStatus, RefundUpdate};
use crate::event::History;
use crate::kernel::{AccountId, ChargeId, Due, HoldId, Id, RefundId, StatusChange, UserId};
use crate::ledger::{EntryPosition, Funds};
use crate::network::Submission;
use brazil::EndToEndId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a refund is made from.
#[derive(Debug, Clone)]
pub struct NewRefund {
    /// How much; none for all that is left.
    pub amount_cents: Option<u64>,
    /// Why, in the caller's words; the payer sees it.
    pub reason: Option<String>,
    /// The caller's own id.
    pub reference: Option<String>,
    /// The caller's own notes.
    pub metadata: BTreeMap<String, String>,
}

/// The next step of a refund.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum RefundStep {
    /// Tell the network.
    Submit,
    /// Query the network for the status.
    Query,
    /// Take in what the network announced for this time.
    ApplyUpdate {
        /// The announced fact.
        update: RefundUpdate,
    },
}

/// A refund as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refund {
    /// Its id.
    pub id: RefundId,
    /// Whose.
    pub account_id: AccountId,
    /// The charge that is given back.
    pub charge_id: ChargeId,
    /// Where it stands.
    pub status: RefundStatus,
    /// How much.
    pub amount_cents: u64,
    /// Why, in the caller's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The caller's own id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// The caller's own notes.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub metadata: BTreeMap<String, String>,
    /// The network's side of it.
    pub submission: Submission,
    /// When its window closes: later the network takes it no more.
    pub window_ends_at: Timestamp,
    /// The return's own id in the network, once it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub return_id: Option<EndToEndId>,
    /// Every state it was in.
    pub status_history: Vec<StatusChange<RefundStatus>>,
    /// When it was made.
    pub created_at: Timestamp,
    /// By whom.
    pub created_by: UserId,
    /// What has to be done next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Due<RefundStep>>,
    /// Its ledger entries.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entries: Vec<EntryPosition>,
    /// Its events so far.
    pub history: History,
    /// Counts the changes.
    pub version: u64,
}

/// The charge and the money that a refund's change is decided over, as they were read and as they are
/// to be written.
#[derive(Debug, Clone)]
pub struct RefundContext {
    /// The charge.
    pub charge: Charge,
    /// The money.
    pub funds: Funds,
    read: Charge,
}

impl RefundContext {
    /// What was read.
    pub fn new(charge: Charge, funds: Funds) -> Self {
        Self { read: charge.clone(), charge, funds }
    }

    /// The charge, if it changed.
    pub fn changed_charge(&self) -> Option<&Charge> {
        (self.charge != self.read).then_some(&self.charge)
    }
}

impl Refund {
    /// The hold of a refund: it has one, so the name is its own.
    pub fn hold_of(id: RefundId) -> HoldId {
        HoldId::from_ulid(id.ulid())
    }
}
