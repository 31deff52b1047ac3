//! One amount to move from one ledger account to another.

use crate::ledger::{EntryKind, LedgerAccount};

/// One amount to enter, and the accounts it moves between.
#[derive(Debug, Clone, Copy)]
pub struct Posting {
    pub(super) kind: EntryKind,
    pub(super) debit: LedgerAccount,
    pub(super) credit: LedgerAccount,
    pub(super) amount_cents: u64,
}

impl Posting {
    /// Returns a posting of a kind with one route.
    ///
    /// # Panics
    /// If the kind has more than one route.
    pub fn new(kind: EntryKind, amount_cents: u64) -> Self {
        let [(debit, credit)] = *kind.routes() else {
            panic!("{kind:?} has more than one route; name one with Posting::from_account")
        };
        Self { kind, debit, credit, amount_cents }
    }

    /// Returns a posting that debits `debit`, for a kind with more than one route.
    ///
    /// # Panics
    /// If the kind has no route from that account.
    pub fn from_account(kind: EntryKind, debit: LedgerAccount, amount_cents: u64) -> Self {
        let route = kind.routes().iter().find(|(from, _)| *from == debit);
        let &(debit, credit) = route.expect("callers name an account the kind starts from");
        Self { kind, debit, credit, amount_cents }
    }
}
