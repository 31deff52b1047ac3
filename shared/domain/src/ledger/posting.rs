//! One amount to move from one ledger account to another.

use crate::ledger::{EntryKind, LedgerAccount};

/// One movement to be entered.
#[derive(Debug, Clone, Copy)]
pub struct Posting {
    pub(super) kind: EntryKind,
    pub(super) debit: LedgerAccount,
    pub(super) credit: LedgerAccount,
    pub(super) amount_cents: u64,
}

impl Posting {
    /// Moves an amount the one way there is for its kind.
    pub fn new(kind: EntryKind, amount_cents: u64) -> Self {
        let [(debit, credit)] = *kind.routes() else {
            panic!("{kind:?} has more than one way; say which with Posting::from_account")
        };
        Self { kind, debit, credit, amount_cents }
    }

    /// Moves an amount out of one account, where a kind has more than one way.
    pub fn from_account(kind: EntryKind, debit: LedgerAccount, amount_cents: u64) -> Self {
        let route = kind.routes().iter().find(|(from, _)| *from == debit);
        let &(debit, credit) = route.expect("callers name an account the kind starts from");
        Self { kind, debit, credit, amount_cents }
    }
}
