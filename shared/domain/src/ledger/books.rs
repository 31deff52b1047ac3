//! Double entry in integer cents.
//!
//! Each entry moves one amount from one ledger account to another, so debits equal credits by
//! construction. The books of an account count their entries without a gap, and each entry carries
//! the balances that the customer sees after it.
//!
//! A movement ends with what waits for money: first the debt of the customer, then the balance blocks that
//! the balance did not cover (docs/adr/0029). So nothing is available while either of them waits.
//!
//! No code changes an entry. The times of entries never go back, even if the clock of a function is
//! wrong. So the order of the entries is the order of their days.
use crate::kernel::{AccountId, Code, EntryId, Error, Id, Moment, MovementId};
use crate::ledger::{
    BalanceAlert, Balances, BlockClaim, Effects, Entry, EntryContext, EntryKind, EntryPosition,
    LedgerDay, OutgoingUsage, Posting, TransactionRef,
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
    /// Parts of open balance blocks that the balance did not cover yet, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub claims: Vec<BlockClaim>,
    /// Alert for a low balance.
    #[serde(default, skip_serializing_if = "BalanceAlert::is_unset")]
    pub alert: BalanceAlert,
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

/// The entries of one change, while they are made.
struct Movement<'a> {
    id: MovementId,
    at: Timestamp,
    moment: &'a Moment,
    entries: Vec<Entry>,
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
            claims: Vec::new(),
            alert: BalanceAlert::default(),
            frozen_at: None,
            frozen_by_operator: false,
            version: 0,
        }
    }

    /// Enters the postings of one movement; an amount of 0 makes no entry. Enters none of them if one
    /// would leave a balance below zero or beyond 64 bits, or while the books are frozen. Money that is
    /// available at the end pays the debt of the customer, and then fills the balance blocks, in the same
    /// movement.
    pub fn post(
        &mut self,
        entry_context: &EntryContext,
        postings: &[Posting],
        moment: &Moment,
        effects: &mut Effects,
    ) -> Result<(), Error> {
        self.require_not_frozen()?;
        let mut books = self.clone();
        let at = self.last_at.max(moment.now);
        let mut movement = Movement {
            id: MovementId::mint(moment),
            at,
            moment,
            entries: Vec::with_capacity(postings.len()),
        };
        let day = books.begin_day(at);
        for posting in postings {
            books.enter(entry_context, *posting, &mut movement)?;
        }
        books.collect_debt(entry_context, &mut movement)?;
        books.fill_claims(&mut movement)?;
        if !movement.entries.is_empty() {
            books.last_at = at;
            effects.days.extend(day);
            effects.entries.extend(movement.entries);
            effects.events.extend(books.alert.check(books.account_id, &books.balances, moment));
            *self = books;
        }
        Ok(())
    }

    fn enter(
        &mut self,
        entry_context: &EntryContext,
        posting: Posting,
        movement: &mut Movement<'_>,
    ) -> Result<(), Error> {
        if posting.amount_cents == 0 {
            return Ok(());
        }
        let route = (posting.debit, posting.credit);
        let moved =
            self.balances.apply(route, posting.amount_cents).zip(self.sequence.checked_add(1));
        (self.balances, self.sequence) = moved.ok_or_else(|| {
            Error::refused(Code::LedgerLimit, "the balances of the account cannot hold this amount")
        })?;
        let has_party = !posting.kind.is_with_trilho();
        movement.entries.push(Entry {
            id: EntryId::mint(movement.moment),
            account_id: self.account_id,
            sequence: self.sequence,
            movement_id: movement.id,
            transaction: entry_context.transaction,
            kind: posting.kind,
            debit: posting.debit,
            credit: posting.credit,
            amount_cents: posting.amount_cents,
            available_after_cents: self.balances.available_cents,
            held_after_cents: self.balances.held_cents,
            blocked_after_cents: self.balances.blocked_cents,
            occurred_at: movement.at,
            reference: entry_context.reference.clone(),
            description: entry_context.description.clone(),
            end_to_end_id: entry_context.end_to_end_id.clone(),
            counterparty: entry_context.counterparty.clone().filter(|_| has_party),
            charge_id: entry_context.charge_id,
            return_id: entry_context.return_id.clone(),
            failure: entry_context.failure.clone(),
        });
        Ok(())
    }

    /// Takes what the customer owes from the available balance.
    fn collect_debt(
        &mut self,
        entry_context: &EntryContext,
        movement: &mut Movement<'_>,
    ) -> Result<(), Error> {
        let cents = self.balances.owed_cents.min(self.balances.available_cents);
        self.enter(entry_context, Posting::new(EntryKind::DebtCollected, cents), movement)
    }

    /// Blocks available money for the open balance blocks that wait for it, oldest first.
    fn fill_claims(&mut self, movement: &mut Movement<'_>) -> Result<(), Error> {
        for mut claim in std::mem::take(&mut self.claims) {
            let cents = claim.missing_cents.min(self.balances.available_cents);
            let blocked = Posting::new(EntryKind::Blocked, cents);
            self.enter(&TransactionRef::Block(claim.block_id).into(), blocked, movement)?;
            claim.missing_cents -= cents;
            self.claims.extend((claim.missing_cents > 0).then_some(claim));
        }
        Ok(())
    }

    /// Refuses to send money while the customer owes some.
    pub(crate) fn require_no_debt(&self) -> Result<(), Error> {
        match self.balances.owed_cents {
            0 => Ok(()),
            owed_cents => Err(Error::refused(
                Code::InsufficientFunds,
                format!(
                    "the account owes {owed_cents} cents; the next money that comes in pays them"
                ),
            )),
        }
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
