//! A balance block: money of the customer that may not be used.
//!
//! Its statuses are `open -> ended | taken`. A block takes what is available, up to its amount. A block of
//! the network (MED, chargeback) waits for the rest and takes it from later money, because the network
//! may take the whole amount. A judicial or administrative block takes only what is there when it opens
//! (docs/adr/0029).
use crate::event::History;
use crate::kernel::{AccountId, BlockId, ChargeId, string_enum};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Most blocks of an account that wait for money. The limit exists because they are part of the row of
/// the books; a block over the limit takes only what is there.
pub const CLAIMS_MAX: usize = 20;

string_enum! {
    /// Kind of a balance block.
    BlockKind {
        /// The payer's institution says that a payment was fraud or an error (MED).
        Med = "med",
        /// The payer disputes a card payment.
        Chargeback = "chargeback",
        /// A court ordered the block.
        Judicial = "judicial",
        /// The operator of Trilho ordered the block.
        Administrative = "administrative",
    }
}

impl BlockKind {
    /// Returns true if a block of this kind takes later money until its amount is blocked.
    pub const fn waits_for_money(self) -> bool {
        match self {
            Self::Med | Self::Chargeback => true,
            Self::Judicial | Self::Administrative => false,
        }
    }
}

string_enum! {
    /// Status of a balance block.
    BlockStatus {
        /// The money is blocked.
        Open = "open",
        /// The block ended; money that the network did not take is available again.
        Ended = "ended",
        /// The network or a court took the money.
        Taken = "taken",
    }
}

/// The reason for a block: a charge, or a text such as the number of a court order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockSubject {
    /// Charge of which the money is blocked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub charge_id: Option<ChargeId>,
    /// Text of the operator or of the network.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// The input of a new block.
#[derive(Debug, Clone)]
pub struct NewBlock {
    /// Kind of the block.
    pub kind: BlockKind,
    /// Amount to block, in cents.
    pub amount_cents: u64,
    /// Reason for the block.
    pub subject: BlockSubject,
    /// Time at which the block ends by itself.
    pub ends_at: Option<Timestamp>,
}

/// A balance block as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BalanceBlock {
    /// Id of the block.
    pub id: BlockId,
    /// Account of the money.
    pub account_id: AccountId,
    /// Kind of the block.
    pub kind: BlockKind,
    /// Status of the block.
    pub status: BlockStatus,
    /// Amount that was asked for, in cents.
    pub amount_cents: u64,
    /// Amount that the block still claims, in cents: it is blocked, or it waits for money.
    pub claim_cents: u64,
    /// Amount that the network took, in cents, also beyond what was blocked; or the amount that went to a
    /// court.
    pub taken_cents: u64,
    /// Reason for the block.
    pub subject: BlockSubject,
    /// Time at which the block opened.
    pub opened_at: Timestamp,
    /// Time at which the block ends by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<Timestamp>,
    /// Time at which the block ended or its money was taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// Count of the events of the block, and the last of them.
    pub history: History,
    /// Version of the row.
    pub version: u64,
}

/// The part of an open block that the balance did not cover yet; a part of the books.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockClaim {
    /// Block that waits.
    pub block_id: BlockId,
    /// Amount that is missing, in cents; never 0.
    pub missing_cents: u64,
}
