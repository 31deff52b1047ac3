//! A ledger entry and its position in the books.
use crate::kernel::{AccountId, ChargeId, EntryId, Failure, MovementId};
use crate::ledger::{Counterparty, EntryKind, LedgerAccount, TransactionRef};
use brazil::EndToEndId;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// An entry of the ledger. No code changes it once it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Id of the entry.
    pub id: EntryId,
    /// Account of the ledger.
    pub account_id: AccountId,
    /// Number of the entry in the ledger, from 1, without a gap.
    pub sequence: u64,
    /// Movement that the entry belongs to.
    pub movement_id: MovementId,
    /// Charge, refund, payout or balance block of the entry.
    pub transaction: TransactionRef,
    /// Kind of the entry.
    pub kind: EntryKind,
    /// Debited account.
    pub debit: LedgerAccount,
    /// Credited account.
    pub credit: LedgerAccount,
    /// Amount in cents; never 0.
    pub amount_cents: u64,
    /// Available balance after the entry.
    pub available_after_cents: u64,
    /// Held balance after the entry.
    pub held_after_cents: u64,
    /// Blocked balance after the entry.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub blocked_after_cents: u64,
    /// Time of the entry; never earlier than the previous entry.
    pub occurred_at: Timestamp,
    /// Caller's own id of the charge, refund or payout.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Description of the caller.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// End-to-end id of the payment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_to_end_id: Option<EndToEndId>,
    /// Payer or beneficiary; none for a fee.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counterparty: Option<Counterparty>,
    /// Charge of a refund.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub charge_id: Option<ChargeId>,
    /// End-to-end id of the return, for money that goes or comes back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub return_id: Option<EndToEndId>,
    /// Why the money did not move, or came back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(cents: &u64) -> bool {
    *cents == 0
}

impl Entry {
    /// Returns the position of the entry.
    pub fn position(&self) -> EntryPosition {
        EntryPosition { at: self.occurred_at, sequence: self.sequence }
    }
}

/// The position of an entry in its ledger. Times never go back, so positions are in the order of their
/// sequences, and the entries of a period are contiguous.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct EntryPosition {
    /// Time of the entry.
    pub at: Timestamp,
    /// Sequence of the entry.
    pub sequence: u64,
}

impl EntryPosition {
    /// Returns the last position before an instant. Keys hold milliseconds, and the days of every time
    /// zone begin on a whole second.
    pub fn before(at: Timestamp) -> Self {
        let last = at.checked_sub(SignedDuration::from_millis(1)).unwrap_or(Timestamp::MIN);
        Self { at: last.min(Self::END.at), sequence: u64::MAX }
    }

    /// The position after every entry: the last millisecond with 13 digits, in the year 2286.
    pub const END: Self =
        Self { at: Timestamp::constant(9_999_999_999, 999_000_000), sequence: u64::MAX };
}
