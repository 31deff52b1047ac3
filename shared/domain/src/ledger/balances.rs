//! The balances of the ledger accounts.
use crate::ledger::LedgerAccount;
use serde::{Deserialize, Serialize};

/// The balance of each ledger account. `clearing` and `owed` are debit balances, the others are credit
/// balances.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Balances {
    /// Money in the payment network's account.
    pub clearing_cents: u64,
    /// Paid by payers and not available yet.
    pub receivable_cents: u64,
    /// Paid by payers and held by the network for review.
    pub under_review_cents: u64,
    /// Paid by payers and matched to no charge.
    #[serde(default)]
    pub unmatched_cents: u64,
    /// Available to the customer.
    pub available_cents: u64,
    /// Held for payouts and refunds.
    pub held_cents: u64,
    /// Fees that Trilho took.
    pub fees_cents: u64,
    /// Blocked, so that the customer may not use it.
    #[serde(default)]
    pub blocked_cents: u64,
    /// Owed by the customer to Trilho.
    #[serde(default)]
    pub owed_cents: u64,
    /// Paid by Trilho to the network in place of the customer, in total.
    #[serde(default)]
    pub advanced_cents: u64,
}

impl Balances {
    /// Returns true if the debit balances equal the credit balances. False only after a bug.
    pub fn agree(&self) -> bool {
        let sum = |balances: &[u64]| balances.iter().map(|cents| u128::from(*cents)).sum::<u128>();
        let debits = sum(&[self.clearing_cents, self.owed_cents]);
        let credits = sum(&[
            self.receivable_cents,
            self.under_review_cents,
            self.unmatched_cents,
            self.available_cents,
            self.held_cents,
            self.fees_cents,
            self.blocked_cents,
            self.advanced_cents,
        ]);
        debits == credits
    }

    /// Returns the balances after a movement. Returns `None` if a balance would be below zero or beyond
    /// 64 bits.
    #[must_use]
    pub fn apply(
        mut self,
        (debit, credit): (LedgerAccount, LedgerAccount),
        amount_cents: u64,
    ) -> Option<Self> {
        // A debit raises the asset account and lowers a liability; a credit does the opposite.
        let (asset, debited) = self.of(debit);
        *debited = match asset {
            true => debited.checked_add(amount_cents)?,
            false => debited.checked_sub(amount_cents)?,
        };
        let (asset, credited) = self.of(credit);
        *credited = match asset {
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
            LedgerAccount::Unmatched => (false, &mut self.unmatched_cents),
            LedgerAccount::Available => (false, &mut self.available_cents),
            LedgerAccount::Held => (false, &mut self.held_cents),
            LedgerAccount::Fees => (false, &mut self.fees_cents),
            LedgerAccount::Blocked => (false, &mut self.blocked_cents),
            LedgerAccount::Owed => (true, &mut self.owed_cents),
            LedgerAccount::Advanced => (false, &mut self.advanced_cents),
        }
    }
}
