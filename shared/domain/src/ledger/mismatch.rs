//! What the audit can find wrong in a ledger.

/// The kind of a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Mismatch {
    /// The entry is missing, or an entry with another sequence is in its position.
    #[error("there is no entry at this position")]
    Missing,
    /// The entry belongs to another account.
    #[error("the entry belongs to another account")]
    Account,
    /// Debit and credit do not fit the kind.
    #[error("debit and credit do not fit the kind of the entry")]
    Route,
    /// The amount is 0.
    #[error("the amount of the entry is 0")]
    Nothing,
    /// A balance would be below zero or beyond 64 bits.
    #[error("a balance would be below zero or beyond 64 bits")]
    Limit,
    /// The balances in the entry are wrong.
    #[error("the balances in the entry differ from the sum of the entries")]
    Running,
    /// The entry is earlier than the previous one.
    #[error("the entry is earlier than the one before it")]
    Time,
    /// The opening balance of the day is missing or different.
    #[error("the opening balance of the day that begins with the entry is missing or different")]
    Day,
    /// An entry was changed in a way that no balance in an entry shows.
    #[error("the sum of the entries up to this one differs from the previous audit")]
    FullScan,
    /// The books differ from the sum of their entries.
    #[error("the balances of the account differ from the sum of its entries")]
    Books,
    /// The books do not include an entry that exists.
    #[error("the balances of the account do not include this entry")]
    Unknown,
    /// The held balance differs from the sum of the open holds.
    #[error("the held balance differs from the sum of the open holds")]
    Held,
    /// The blocked balance differs from the sum of the open balance blocks.
    #[error("the blocked balance differs from the sum of the open balance blocks")]
    Blocked,
    /// The unmatched balance differs from the sum of the open credits.
    #[error("the unmatched balance differs from the sum of the open credits")]
    Unmatched,
    /// Money is available although the customer owes money or a block waits for it.
    #[error("money is available although the customer owes money or a balance block waits for it")]
    Uncollected,
}

/// The first difference that the audit found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("entry {sequence}: {mismatch}")]
pub struct Difference {
    /// Sequence of the first wrong entry. For a difference of books or holds, the last sequence of the
    /// books.
    pub sequence: u64,
    /// Kind of the difference.
    pub mismatch: Mismatch,
}

impl Difference {
    /// Returns true if an earlier audit found the same difference. A difference of one entry must have
    /// the same sequence. The sequence of the books grows while the account moves, so it may differ.
    pub fn is_same_as(&self, earlier: &Self) -> bool {
        let whole = matches!(self.mismatch, Mismatch::Books | Mismatch::Unknown);
        self.mismatch == earlier.mismatch && (whole || self.sequence == earlier.sequence)
    }
}
