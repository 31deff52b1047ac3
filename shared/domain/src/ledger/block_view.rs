//! A balance block as the API and its events show it.
use crate::kernel::{BlockId, ChargeId};
use crate::ledger::{BalanceBlock, BlockKind, BlockStatus, Books};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

/// A balance block.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "BalanceBlock")]
pub struct BalanceBlockView {
    /// Id of the block.
    pub id: BlockId,
    /// Kind of the block.
    pub kind: BlockKind,
    /// Status of the block.
    pub status: BlockStatus,
    /// Amount that was asked for, in cents.
    pub amount_cents: u64,
    /// Amount that is blocked now, in cents.
    pub blocked_cents: u64,
    /// Amount that the block takes from the next money that comes in, in cents.
    pub missing_cents: u64,
    /// Amount that the network or a court took, in cents.
    pub taken_cents: u64,
    /// Charge of which the money is blocked; null if the reason is another.
    pub charge_id: Option<ChargeId>,
    /// Text of the operator or of the network.
    pub reason: Option<String>,
    /// Time at which the block opened.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub opened_at: Timestamp,
    /// Time at which the block ends by itself; null if no time is set.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub ends_at: Option<Timestamp>,
    /// Time at which the block ended or its money was taken; null while it is open.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub ended_at: Option<Timestamp>,
}

impl BalanceBlockView {
    /// Returns the view. The books know how much of the block waits for money.
    pub fn new(block: &BalanceBlock, books: &Books) -> Self {
        Self {
            id: block.id,
            kind: block.kind,
            status: block.status,
            amount_cents: block.amount_cents,
            blocked_cents: block.blocked_cents(books),
            missing_cents: books.missing_cents(block.id),
            taken_cents: block.taken_cents,
            charge_id: block.subject.charge_id,
            reason: block.subject.text.clone(),
            opened_at: block.opened_at,
            ends_at: block.ends_at,
            ended_at: block.ended_at,
        }
    }
}
