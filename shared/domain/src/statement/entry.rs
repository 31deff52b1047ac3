//! A statement: the movements of an account's balance, one after another.
//!
//! The balance of a statement is what is the customer's: what is available and what is held. Putting
//! money aside and releasing it move nothing in it, and neither does what a payer has paid before it
//! is credited; so a statement has booked movements only, which is what those who reconcile by one
//! expect. Opening and movements come to the closing, for any period.
use crate::kernel::{EntryId, Error};
use crate::ledger::{
    Balances, Books, Entry, EntryKind, EntryPosition, LedgerAccount, Mismatch, TransactionRef,
};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

impl LedgerAccount {
    const fn is_of_the_balance(self) -> bool {
        matches!(self, Self::Available | Self::Held)
    }
}

impl Balances {
    /// What a statement shows: available and held.
    pub fn statement_cents(&self) -> u64 {
        statement_cents(self.available_cents, self.held_cents)
    }
}

/// Both are owed, and all that is owed fits 64 bits.
fn statement_cents(available_cents: u64, held_cents: u64) -> u64 {
    available_cents.saturating_add(held_cents)
}

impl Entry {
    /// By how much it moves the balance; none when it does not.
    pub fn movement_cents(&self) -> Option<i64> {
        let cents = i64::try_from(self.amount_cents).unwrap_or(i64::MAX);
        match (self.debit.is_of_the_balance(), self.credit.is_of_the_balance()) {
            (true, false) => Some(-cents),
            (false, true) => Some(cents),
            (true, true) | (false, false) => None,
        }
    }

    /// Where the balance stands after it.
    pub fn balance_at(&self) -> BalanceAt {
        let balance_cents = statement_cents(self.available_after_cents, self.held_after_cents);
        BalanceAt { position: self.position(), balance_cents }
    }
}

impl Books {
    /// Where the balance stands.
    pub fn balance_at(&self) -> BalanceAt {
        BalanceAt { position: self.position(), balance_cents: self.balances.statement_cents() }
    }
}

/// Where the balance stands after an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BalanceAt {
    /// The entry.
    pub position: EntryPosition,
    /// The balance.
    pub balance_cents: u64,
}

impl BalanceAt {
    /// Before the first entry.
    pub const NOTHING: Self = Self {
        position: EntryPosition { at: Timestamp::UNIX_EPOCH, sequence: 0 },
        balance_cents: 0,
    };
}

/// A run of entries that is known to be complete.
#[derive(Debug)]
pub struct ContiguousEntries {
    /// Those that move the balance.
    pub movements: Vec<Entry>,
    /// Up to where it goes.
    pub end: EntryPosition,
}

/// The entries that follow a place without a gap, up to so many movements, and none beyond `last`.
///
/// A query can meet a transaction half-way and see a later entry without the one before it, or
/// entries that are newer than what the rest of an answer was decided from. The run ends before such
/// a gap; what is missing there is read a moment later.
pub fn contiguous_entries(
    after: EntryPosition,
    entries: Vec<Entry>,
    last: EntryPosition,
    movements_max: usize,
) -> ContiguousEntries {
    let mut run = ContiguousEntries { movements: Vec::new(), end: after };
    for entry in entries {
        let follows = entry.sequence == run.end.sequence + 1 && entry.sequence <= last.sequence;
        let moves = entry.movement_cents().is_some();
        if !follows || moves && run.movements.len() == movements_max {
            break;
        }
        run.end = entry.position();
        run.movements.extend(moves.then_some(entry));
    }
    run
}

/// A movement of a statement.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "StatementEntry")]
pub struct StatementEntryView {
    /// Its id.
    pub id: EntryId,
    /// Its place in the books, which rises. Entries that do not move the balance have places too.
    pub sequence: u64,
    /// Why.
    pub kind: EntryKind,
    /// By how much, in cents; below zero when money went.
    pub amount_cents: i64,
    /// The balance after it, in cents.
    pub balance_after_cents: u64,
    /// The charge, refund or payout it belongs to.
    pub transaction_id: TransactionRef,
    /// The caller's own id of that.
    pub reference: Option<String>,
    /// The caller's own words.
    pub description: Option<String>,
    /// The PIX payment behind it.
    pub end_to_end_id: Option<String>,
    /// When.
    pub occurred_at: Timestamp,
}

impl TryFrom<&Entry> for StatementEntryView {
    type Error = Error;

    fn try_from(entry: &Entry) -> Result<Self, Error> {
        let moved = entry.movement_cents().ok_or_else(|| Error::internal(Mismatch::Nothing))?;
        Ok(Self {
            id: entry.id,
            sequence: entry.sequence,
            kind: entry.kind,
            amount_cents: moved,
            balance_after_cents: entry.balance_at().balance_cents,
            transaction_id: entry.transaction,
            reference: entry.reference.clone(),
            description: entry.description.clone(),
            end_to_end_id: entry.end_to_end_id.as_ref().map(ToString::to_string),
            occurred_at: entry.occurred_at,
        })
    }
}

#[cfg(test)]
mod tests {
    use ulid::Ulid;

    use super::*;
    use crate::kernel::{AccountId, ChargeId, Id, MovementId};

    fn entry(sequence: u64, kind: EntryKind) -> Entry {
        let (debit, credit) = kind.routes()[0];
        Entry {
            id: EntryId::from_ulid(Ulid::from_parts(1, u128::from(sequence))),
            account_id: AccountId::from_ulid(Ulid::from_parts(1, 1)),
            sequence,
            movement_id: MovementId::from_ulid(Ulid::from_parts(1, 2)),
            transaction: TransactionRef::Charge(ChargeId::from_ulid(Ulid::from_parts(1, 3))),
            kind,
            debit,
            credit,
            amount_cents: 100,
            available_after_cents: 600,
            held_after_cents: 30,
            occurred_at: Timestamp::UNIX_EPOCH,
            reference: None,
            description: None,
            end_to_end_id: None,
        }
    }

    /// Credit, fee, hold, payout, fee: 1 to 5.
    fn entries() -> Vec<Entry> {
        use EntryKind::{ChargeCredited, ChargeFee, Held, PayoutFee, PayoutPaid};
        let kinds = [ChargeCredited, ChargeFee, Held, PayoutPaid, PayoutFee];
        (1..).zip(kinds).map(|(sequence, kind)| entry(sequence, kind)).collect()
    }

    #[track_caller]
    fn check(entries: Vec<Entry>, last: u64, movements_max: usize, expected: (&[u64], u64)) {
        let last = EntryPosition { at: Timestamp::UNIX_EPOCH, sequence: last };
        let run = contiguous_entries(BalanceAt::NOTHING.position, entries, last, movements_max);
        let sequences: Vec<_> = run.movements.iter().map(|entry| entry.sequence).collect();
        assert_eq!((&sequences[..], run.end.sequence), expected);
    }

    #[test]
    fn holds_are_passed_over() {
        check(entries(), 5, 100, (&[1, 2, 4, 5], 5));
        check(entries(), 5, 2, (&[1, 2], 3));
        check(Vec::new(), 5, 100, (&[], 0));
    }

    /// Fault row 30. A query met the transaction of 3 to 5 half-way.
    #[test]
    fn a_run_ends_before_a_gap() {
        for (missing, expected) in [(0, (&[][..], 0)), (2, (&[1, 2][..], 2)), (4, (&[1, 2, 4], 4))]
        {
            let mut seen = entries();
            seen.remove(missing);
            check(seen, 5, 100, expected);
        }
    }

    /// Fault row 30. What is newer than the balances of the answer is of the next one.
    #[test]
    fn a_run_ends_where_the_rest_of_the_answer_does() {
        check(entries(), 3, 100, (&[1, 2], 3));
    }

    #[test]
    fn what_moves_the_balance_is_what_crosses_its_edge() {
        for kind in EntryKind::ALL {
            let moved: Vec<_> = kind
                .routes()
                .iter()
                .map(|(debit, credit)| {
                    Entry { debit: *debit, credit: *credit, ..entry(1, *kind) }.movement_cents()
                })
                .collect();
            // One way or several, a kind moves the balance in one direction.
            assert!(moved.windows(2).all(|pair| pair[0] == pair[1]), "{kind:?}");
            let word = kind.as_str();
            let expected = match moved[0] {
                Some(100) => ["credited", "payout_returned", "reversed"].as_slice(),
                Some(_) => ["fee", "payout_paid", "refund_paid"].as_slice(),
                None => {
                    ["charge_paid", "charge_held", "charge_returned", "held", "released", "expired"]
                        .as_slice()
                }
            };
            assert!(expected.iter().any(|part| word.contains(part)), "{word} {moved:?}");
        }
    }

    #[test]
    fn the_balance_is_what_is_available_and_what_is_held() {
        assert_eq!(entry(1, EntryKind::ChargeFee).balance_at().balance_cents, 630);
    }
}
