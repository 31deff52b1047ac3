//! What a debt comes from: the entries that opened it and that no money has paid yet.
use crate::ledger::{Entry, EntryKind, TransactionRef};
use jiff::Timestamp;

/// The part of a debt that one transaction left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenDebt {
    /// Transaction whose money the network took back.
    pub transaction: TransactionRef,
    /// Part that the account still owes, in cents.
    pub amount_cents: u64,
    /// Time at which the network took the money.
    pub opened_at: Timestamp,
}

impl OpenDebt {
    /// Returns the parts of a debt of `owed_cents`, newest first. Money that comes in pays the oldest part
    /// first, so the newest entries are those that are still owed. `entries` are the last ones, newest
    /// first; an older part than all of them is missing.
    pub fn of<'a>(entries: impl IntoIterator<Item = &'a Entry>, owed_cents: u64) -> Vec<Self> {
        let mut left_cents = owed_cents;
        let opened = entries.into_iter().filter(|entry| entry.kind == EntryKind::DebtOpened);
        let parts = opened.map(|entry| {
            let amount_cents = entry.amount_cents.min(left_cents);
            left_cents -= amount_cents;
            let (transaction, opened_at) = (entry.transaction, entry.occurred_at);
            Self { transaction, amount_cents, opened_at }
        });
        parts.take_while(|part| part.amount_cents > 0).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::kernel::{AccountId, ChargeId, Entropy, Id, Moment};
    use crate::ledger::{Books, Effects, Posting};

    struct ConstantEntropy;

    impl Entropy for ConstantEntropy {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(7);
        }
    }

    fn charge(number: u128) -> TransactionRef {
        TransactionRef::Charge(ChargeId::from_ulid(number.into()))
    }

    #[test]
    fn money_that_comes_in_pays_the_oldest_part_of_a_debt_first() {
        let mut books = Books::open(AccountId::from_ulid(1_u128.into()));
        let moment = Moment::new(Timestamp::UNIX_EPOCH, Arc::new(ConstantEntropy));
        let mut effects = Effects::default();
        for (number, kind, cents) in [
            (1, EntryKind::DebtOpened, 100),
            (2, EntryKind::DebtOpened, 50),
            (3, EntryKind::PayoutReturned, 120),
            (4, EntryKind::DebtOpened, 5),
        ] {
            let posting = Posting::new(kind, cents);
            books.post(&charge(number).into(), &[posting], &moment, &mut effects).expect("posted");
        }
        let owed_cents = books.balances.owed_cents;
        assert_eq!(owed_cents, 35);
        let parts = |entries: &[crate::ledger::Entry]| {
            let parts = OpenDebt::of(entries.iter().rev(), owed_cents);
            parts.iter().map(|part| (part.transaction, part.amount_cents)).collect::<Vec<_>>()
        };
        assert_eq!(parts(&effects.entries), [(charge(4), 5), (charge(2), 30)]);
        // The last entry alone explains its part only.
        let last = effects.entries.len() - 1;
        assert_eq!(parts(&effects.entries[last..]), [(charge(4), 5)]);
    }
}
