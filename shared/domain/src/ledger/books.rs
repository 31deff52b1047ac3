//! Double entry in integer cents.
//!
//! Each entry moves one amount from one ledger account to another, so debits equal credits by
//! construction. The books of an account count their entries without a gap, and each entry carries
//! the balances that the customer sees after it.
//!
//! No code changes an entry. The times of entries never go back, even if the clock of a function is
//! wrong. So the order of the entries is the order of their days.
use crate::kernel::{AccountId, Code, EntryId, Error, Id, Moment, MovementId};
use crate::ledger::{
    Balances, Effects, Entry, EntryContext, EntryPosition, LedgerDay, OutgoingUsage, Posting,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The balances of an account and how many entries they come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Books {
    /// Account of the ledger.
    pub account_id: AccountId,
    /// Number of entries.
    pub sequence: u64,
    /// Time of the last entry.
    pub last_at: Timestamp,
    /// Balances after the last entry.
    pub balances: Balances,
    /// Amounts released today and tonight, for the limits.
    pub outgoing_usage: OutgoingUsage,
    /// Number of payouts that wait for funds.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub waiting_payouts: u32,
    /// Time since which the books accept no entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frozen_at: Option<Timestamp>,
    /// True if the operator froze the account; false if the audit did, because the books differ from
    /// their entries.
    #[serde(default)]
    pub frozen_by_operator: bool,
    /// Version of the row.
    pub version: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(count: &u32) -> bool {
    *count == 0
}

impl Books {
    /// Returns empty books.
    pub fn open(account_id: AccountId) -> Self {
        Self {
            account_id,
            sequence: 0,
            last_at: Timestamp::UNIX_EPOCH,
            balances: Balances::default(),
            outgoing_usage: OutgoingUsage::default(),
            waiting_payouts: 0,
            frozen_at: None,
            frozen_by_operator: false,
            version: 0,
        }
    }

    /// Enters the postings of one movement; an amount of 0 makes no entry. Enters none of them if one
    /// would leave a balance below zero or beyond 64 bits, or while the books are frozen.
    pub fn post(
        &mut self,
        entry_context: &EntryContext,
        postings: &[Posting],
        moment: &Moment,
        effects: &mut Effects,
    ) -> Result<(), Error> {
        self.require_not_frozen()?;
        let mut books = self.clone();
        let movement_id = MovementId::mint(moment);
        let mut entries = Vec::with_capacity(postings.len());
        let at = self.last_at.max(moment.now);
        let day = books.begin_day(at);
        for posting in postings.iter().filter(|posting| posting.amount_cents > 0) {
            let route = (posting.debit, posting.credit);
            let moved = books
                .balances
                .apply(route, posting.amount_cents)
                .zip(books.sequence.checked_add(1));
            (books.balances, books.sequence) = moved.ok_or_else(|| {
                Error::refused(
                    Code::LedgerLimit,
                    "the balances of the account cannot hold this amount",
                )
            })?;
            entries.push(Entry {
                id: EntryId::mint(moment),
                account_id: books.account_id,
                sequence: books.sequence,
                movement_id,
                transaction: entry_context.transaction,
                kind: posting.kind,
                debit: posting.debit,
                credit: posting.credit,
                amount_cents: posting.amount_cents,
                available_after_cents: books.balances.available_cents,
                held_after_cents: books.balances.held_cents,
                occurred_at: at,
                reference: entry_context.reference.clone(),
                description: entry_context.description.clone(),
                end_to_end_id: entry_context.end_to_end_id.clone(),
                counterparty: entry_context.counterparty.clone().filter(|_| !posting.kind.is_fee()),
                charge_id: entry_context.charge_id,
            });
        }
        if !entries.is_empty() {
            books.last_at = at;
            effects.days.extend(day);
            effects.entries.extend(entries);
            *self = books;
        }
        Ok(())
    }

    /// Refuses a change that moves money, or leads to one, while the books are frozen.
    pub fn require_not_frozen(&self) -> Result<(), Error> {
        let detail = match (self.frozen_at, self.frozen_by_operator) {
            (None, _) => return Ok(()),
            (Some(_), true) => "the operator froze the account; ask the operator",
            (Some(_), false) => {
                "the account is frozen until its ledger has been audited; ask the operator"
            }
        };
        Err(Error::conflict(Code::AccountFrozen, detail))
    }

    /// Returns true if the audit froze the account, because the books differ from their entries.
    pub fn is_frozen_by_audit(&self) -> bool {
        self.frozen_at.is_some() && !self.frozen_by_operator
    }

    /// Lifts the freeze. Returns its time, or `None` if the books are not frozen.
    pub fn thaw(&mut self) -> Option<Timestamp> {
        self.frozen_by_operator = false;
        self.frozen_at.take()
    }

    /// Returns the position of the last entry.
    pub fn position(&self) -> EntryPosition {
        EntryPosition { at: self.last_at, sequence: self.sequence }
    }

    /// Returns the opening of the day of `at`. Returns `None` if the day has an entry.
    fn begin_day(&self, at: Timestamp) -> Option<LedgerDay> {
        let date = brazil::local_date(at);
        let new = self.sequence == 0 || brazil::local_date(self.last_at) < date;
        new.then_some(LedgerDay {
            account_id: self.account_id,
            date,
            first_sequence: self.sequence + 1,
            opening: self.balances,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use ulid::Ulid;

    use super::*;
    use crate::kernel::{ChargeId, Entropy};
    use crate::ledger::{EntryKind, TransactionRef};

    struct ConstantEntropy;

    impl Entropy for ConstantEntropy {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(7);
        }
    }

    fn pay_in(books: &mut Books, at: &str) -> Effects {
        let transaction = TransactionRef::Charge(ChargeId::from_ulid(Ulid::from_parts(1, 2)));
        let moment = Moment::new(at.parse().expect("a time"), Arc::new(ConstantEntropy));
        let (paid, mut effects) = (Posting::new(EntryKind::ChargePaid, 100), Effects::default());
        books.post(&transaction.into(), &[paid], &moment, &mut effects).expect("room");
        effects
    }

    #[test]
    fn a_day_of_sao_paulo_opens_with_the_closing_balance_of_the_day_before() {
        let books = &mut Books::open(AccountId::from_ulid(Ulid::from_parts(1, 1)));
        let opened = |effects: &Effects| {
            let days = effects.days.iter();
            days.map(|day| (day.date.to_string(), day.first_sequence, day.opening.clearing_cents))
                .collect::<Vec<_>>()
        };
        let first = pay_in(books, "2026-11-25T02:59:59Z");
        assert_eq!(opened(&first), [("2026-11-24".to_owned(), 1, 0)]);
        let second = pay_in(books, "2026-11-25T03:00:00Z");
        assert_eq!(opened(&second), [("2026-11-25".to_owned(), 2, 100)]);
        assert_eq!(opened(&pay_in(books, "2026-11-26T02:59:59Z")), []);
    }

    /// Fault row 36. A function with a clock that is behind adds no entry to a closed day.
    #[test]
    fn entries_never_go_back_in_time() {
        let books = &mut Books::open(AccountId::from_ulid(Ulid::from_parts(1, 1)));
        pay_in(books, "2026-11-25T03:04:00Z");
        let late = pay_in(books, "2026-11-25T02:59:00Z");
        assert_eq!(late.entries[0].occurred_at.to_string(), "2026-11-25T03:04:00Z");
        assert!(late.days.is_empty());
    }

    #[test]
    fn frozen_books_accept_no_entry() {
        let mut books = Books::open(AccountId::from_ulid(Ulid::from_parts(1, 1)));
        books.frozen_at = Some(Timestamp::UNIX_EPOCH);
        let transaction = TransactionRef::Charge(ChargeId::from_ulid(Ulid::from_parts(1, 2)));
        let moment = Moment::new(Timestamp::UNIX_EPOCH, Arc::new(ConstantEntropy));
        let (paid, effects) = (Posting::new(EntryKind::ChargePaid, 100), &mut Effects::default());
        let refused = books.post(&transaction.into(), &[paid], &moment, effects);
        assert!(matches!(refused, Err(Error::Conflict { code: Code::AccountFrozen, .. })));
        assert_eq!((books.sequence, effects.entries.len()), (0, 0));
    }
}
