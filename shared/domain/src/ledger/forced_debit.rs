//! A debit that must happen although the balance may not cover it: the network has taken the money.
use crate::ledger::{Books, EntryKind, LedgerAccount, Posting};

/// Where the money of a forced debit came from. The parts add up to its amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ForcedDebit {
    /// Part that was blocked, in cents.
    pub blocked_cents: u64,
    /// Part that was available, in cents.
    pub available_cents: u64,
    /// Part that the customer owes, in cents.
    pub owed_cents: u64,
}

impl ForcedDebit {
    /// Divides an amount: first `blocked_cents`, which the caller has blocked for it, then what is
    /// available, then a debt. Held money stays held, because it is promised to another payment.
    pub fn split(books: &Books, amount_cents: u64, blocked_cents: u64) -> Self {
        let blocked_cents = blocked_cents.min(books.balances.blocked_cents).min(amount_cents);
        let rest_cents = amount_cents - blocked_cents;
        let available_cents = rest_cents.min(books.balances.available_cents);
        Self { blocked_cents, available_cents, owed_cents: rest_cents - available_cents }
    }

    /// Returns the postings of the debit. `kind` is the kind of the part that is there.
    pub fn postings(&self, kind: EntryKind) -> [Posting; 3] {
        [
            Posting::from_account(kind, LedgerAccount::Blocked, self.blocked_cents),
            Posting::from_account(kind, LedgerAccount::Available, self.available_cents),
            Posting::new(EntryKind::DebtOpened, self.owed_cents),
        ]
    }
}
