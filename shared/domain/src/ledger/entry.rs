//! A ledger entry and its position in the books.
use crate::kernel::{AccountId, EntryId, MovementId};
use crate::ledger::{EntryKind, LedgerAccount, TransactionRef};
use brazil::EndToEndId;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// One line of the books. Never changed once written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its id.
    pub id: EntryId,
    /// Whose books.
    pub account_id: AccountId,
    /// Its place in them, from 1, without a gap.
    pub sequence: u64,
    /// Ties the entries of one movement together.
    pub movement_id: MovementId,
    /// What it belongs to.
    pub transaction: TransactionRef,
    /// Why.
    pub kind: EntryKind,
    /// Debited account.
    pub debit: LedgerAccount,
    /// Credited account.
    pub credit: LedgerAccount,
    /// How much; never 0.
    pub amount_cents: u64,
    /// The available balance after it.
    pub available_after_cents: u64,
    /// What is held after it.
    pub held_after_cents: u64,
    /// When; never before the entry before it.
    pub occurred_at: Timestamp,
    /// The caller's own id of what it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// The caller's own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The payment behind it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_to_end_id: Option<EndToEndId>,
}

impl Entry {
    /// Where it stands.
    pub fn position(&self) -> EntryPosition {
        EntryPosition { at: self.occurred_at, sequence: self.sequence }
    }
}

/// Where an entry stands in its books. Times never go back, so places are in the order of their
/// sequences, and a period is a run of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct EntryPosition {
    /// When it was entered.
    pub at: Timestamp,
    /// Its sequence.
    pub sequence: u64,
}

impl EntryPosition {
    /// The last one before an instant. Keys hold milliseconds, and the days of every zone begin on a
    /// whole second.
    pub fn before(at: Timestamp) -> Self {
        let last = at.checked_sub(SignedDuration::from_millis(1)).unwrap_or(Timestamp::MIN);
        Self { at: last.min(Self::END.at), sequence: u64::MAX }
    }

    /// Beyond every entry: the last millisecond that has 13 digits, in the year 2286.
    pub const END: Self =
        Self { at: Timestamp::constant(9_999_999_999, 999_000_000), sequence: u64::MAX };
}
