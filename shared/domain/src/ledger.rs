//! Double entry in integer cents.
//!
//! Each entry moves one amount from one ledger account to another, so debits equal credits by
//! construction. The books of an account count their entries without a gap, and each entry
//! carries the available balance after it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{AccountId, ChargeId, Code, EntryId, Error, Id, Moment, TransactionId};

/// Where money can stand. All but `Clearing` are what we owe: to the customer, or to ourselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LedgerAccount {
    /// Money in the payment network's account at our bank.
    Clearing,
    /// Paid by a payer, not yet the customer's to use.
    Receivable,
    /// Paid by a payer and held by the network for review.
    UnderReview,
    /// The customer's to use.
    Available,
    /// Ours.
    Fees,
}

/// Why money moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    /// A payer paid a charge.
    ChargePaid,
    /// A payer paid and the network holds it.
    ChargeHeldForReview,
    /// A charge became available.
    ChargeCredited,
    /// The fee of a charge.
    ChargeFee,
    /// The money of a charge went back to the payer.
    ChargeReturned,
}

/// One movement to be entered.
#[derive(Debug, Clone, Copy)]
pub struct Posting {
    /// Why.
    pub kind: EntryKind,
    /// Debited account.
    pub debit: LedgerAccount,
    /// Credited account.
    pub credit: LedgerAccount,
    /// How much.
    pub amount_cents: u64,
}

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
    pub transaction_id: TransactionId,
    /// The charge it belongs to.
    pub charge_id: ChargeId,
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
    /// When.
    pub occurred_at: Timestamp,
}

/// The balances of an account and how many entries they come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Books {
    /// Whose.
    pub account_id: AccountId,
    /// Entries so far.
    pub sequence: u64,
    /// Debit balance: what the network's account holds.
    pub clearing_cents: u64,
    /// Credit balance.
    pub receivable_cents: u64,
    /// Credit balance.
    pub under_review_cents: u64,
    /// Credit balance.
    pub available_cents: u64,
    /// Credit balance.
    pub fees_cents: u64,
    /// Counts the changes.
    pub version: u64,
}

impl Books {
    /// Empty books.
    pub fn open(account_id: AccountId) -> Self {
        Self {
            account_id,
            sequence: 0,
            clearing_cents: 0,
            receivable_cents: 0,
            under_review_cents: 0,
            available_cents: 0,
            fees_cents: 0,
            version: 0,
        }
    }

    /// Enters the postings of one movement. Nothing is entered when one of them would leave a
    /// balance below zero or beyond 64 bits.
    pub fn post(
        &mut self,
        charge_id: ChargeId,
        postings: &[Posting],
        moment: &Moment,
    ) -> Result<Vec<Entry>, Error> {
        let mut books = self.clone();
        let transaction_id = TransactionId::mint(moment);
        let mut entries = Vec::with_capacity(postings.len());
        for posting in postings.iter().filter(|posting| posting.amount_cents > 0) {
            books.apply(posting).ok_or_else(|| {
                Error::refused(
                    Code::LedgerLimit,
                    "the balances of the account cannot hold this amount",
                )
            })?;
            entries.push(Entry {
                id: EntryId::mint(moment),
                account_id: books.account_id,
                sequence: books.sequence,
                transaction_id,
                charge_id,
                kind: posting.kind,
                debit: posting.debit,
                credit: posting.credit,
                amount_cents: posting.amount_cents,
                available_after_cents: books.available_cents,
                occurred_at: moment.now,
            });
        }
        *self = books;
        Ok(entries)
    }

    fn apply(&mut self, posting: &Posting) -> Option<()> {
        let amount = posting.amount_cents;
        self.sequence = self.sequence.checked_add(1)?;
        // A debit raises what we own and lowers what we owe; a credit the other way round.
        let (owned, debited) = self.balance(posting.debit);
        *debited =
            if owned { debited.checked_add(amount)? } else { debited.checked_sub(amount)? };
        let (owned, credited) = self.balance(posting.credit);
        *credited =
            if owned { credited.checked_sub(amount)? } else { credited.checked_add(amount)? };
        Some(())
    }

    fn balance(&mut self, account: LedgerAccount) -> (bool, &mut u64) {
        match account {
            LedgerAccount::Clearing => (true, &mut self.clearing_cents),
            LedgerAccount::Receivable => (false, &mut self.receivable_cents),
            LedgerAccount::UnderReview => (false, &mut self.under_review_cents),
            LedgerAccount::Available => (false, &mut self.available_cents),
            LedgerAccount::Fees => (false, &mut self.fees_cents),
        }
    }

    /// Whether what we own equals what we owe: always, unless there is a bug.
    pub fn balances(&self) -> bool {
        [self.receivable_cents, self.under_review_cents, self.available_cents, self.fees_cents]
            .into_iter()
            .try_fold(0_u64, u64::checked_add)
            .is_some_and(|owed| owed == self.clearing_cents)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;
    use ulid::Ulid;

    use super::*;
    use crate::Entropy;

    struct Counting;

    impl Entropy for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(7);
        }
    }

    fn posting() -> impl Strategy<Value = Posting> {
        use LedgerAccount::{Available, Clearing, Fees, Receivable, UnderReview};
        let routes = prop::sample::select(vec![
            (EntryKind::ChargePaid, Clearing, Receivable),
            (EntryKind::ChargeHeldForReview, Clearing, UnderReview),
            (EntryKind::ChargeCredited, Receivable, Available),
            (EntryKind::ChargeCredited, UnderReview, Available),
            (EntryKind::ChargeFee, Available, Fees),
            (EntryKind::ChargeReturned, UnderReview, Clearing),
        ]);
        let amounts = prop_oneof![0_u64..500, Just(u64::MAX), Just(u64::MAX / 2)];
        (routes, amounts).prop_map(|((kind, debit, credit), amount_cents)| Posting {
            kind,
            debit,
            credit,
            amount_cents,
        })
    }

    proptest! {
        #[test]
        fn whatever_is_posted_the_books_balance_and_count_without_a_gap(
            movements in prop::collection::vec(prop::collection::vec(posting(), 1..4), 1..64)
        ) {
            let moment = Moment::new(Timestamp::UNIX_EPOCH, Arc::new(Counting));
            let account_id = AccountId::from_ulid(Ulid::from_parts(1, 1));
            let charge_id = ChargeId::from_ulid(Ulid::from_parts(1, 2));
            let mut books = Books::open(account_id);
            let mut entries: Vec<Entry> = Vec::new();
            for movement in movements {
                let before = books.clone();
                match books.post(charge_id, &movement, &moment) {
                    Ok(written) => entries.extend(written),
                    Err(_) => prop_assert_eq!(&books, &before),
                }
                prop_assert!(books.balances());
            }
            let mut derived = Books::open(account_id);
            for (place, entry) in entries.iter().enumerate() {
                prop_assert_eq!(entry.sequence, u64::try_from(place).expect("small") + 1);
                let Entry { kind, debit, credit, amount_cents, .. } = *entry;
                derived.apply(&Posting { kind, debit, credit, amount_cents }).expect("was posted");
                prop_assert_eq!(entry.available_after_cents, derived.available_cents);
            }
            prop_assert_eq!(derived, books);
        }
    }
}
