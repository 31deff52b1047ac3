//! The balances of the six ledger accounts.
use crate::ledger::LedgerAccount;
use serde::{Deserialize, Serialize};

/// What stands in each ledger account. `clearing` is a debit balance, the others are credit balances.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Balances {
    /// What the network's account holds.
    pub clearing_cents: u64,
    /// Paid, not yet usable.
    pub receivable_cents: u64,
    /// Paid, held by the network.
    pub under_review_cents: u64,
    /// Usable.
    pub available_cents: u64,
    /// Promised.
    pub held_cents: u64,
    /// Ours.
    pub fees_cents: u64,
}

impl Balances {
    /// Whether what we own equals what we owe: always, unless there is a bug.
    pub fn agree(&self) -> bool {
        [
            self.receivable_cents,
            self.under_review_cents,
            self.available_cents,
            self.held_cents,
            self.fees_cents,
        ]
        .into_iter()
        .try_fold(0_u64, u64::checked_add)
        .is_some_and(|owed| owed == self.clearing_cents)
    }

    /// Moves an amount; none when a balance would be below zero or beyond 64 bits, and then nothing
    /// is moved that matters: the caller drops the balances.
    #[must_use]
    pub fn apply(
        mut self,
        (debit, credit): (LedgerAccount, LedgerAccount),
        amount_cents: u64,
    ) -> Option<Self> {
        // A debit raises what we own and lowers what we owe; a credit the other way round.
        let (owned, debited) = self.of(debit);
        *debited = match owned {
            true => debited.checked_add(amount_cents)?,
            false => debited.checked_sub(amount_cents)?,
        };
        let (owned, credited) = self.of(credit);
        *credited = match owned {
            true => credited.checked_sub(amount_cents)?,
            false => credited.checked_add(amount_cents)?,
        };
        Some(self)
    }

    fn of(&mut self, account: LedgerAccount) -> (bool, &mut u64) {
        match account {
            LedgerAccount::Clearing => (true, &mut self.clearing_cents),
            LedgerAccount::Receivable => (false, &mut self.receivable_cents),
            LedgerAccount::UnderReview => (false, &mut self.under_review_cents),
            LedgerAccount::Available => (false, &mut self.available_cents),
            LedgerAccount::Held => (false, &mut self.held_cents),
            LedgerAccount::Fees => (false, &mut self.fees_cents),
        }
    }
}
