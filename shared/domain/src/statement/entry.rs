//! A statement: the movements of the balance of an account.
//!
//! The balance of a statement is the available, the held and the blocked balance together. A hold, a block
//! or its end does not move it, and neither does a payment before it is credited. What the customer owes
//! is not in it: a debt moves it when later money pays the debt. So a statement has only booked
//! movements, as accountants who reconcile with it expect. For any period, the opening balance plus the
//! movements is the closing balance.
use crate::charge::DocumentView;
use crate::kernel::{ChargeId, EntryId, Error, FailureView};
use crate::ledger::{
    Balances, Books, Counterparty, Entry, EntryKind, EntryPosition, LedgerAccount, Mismatch,
    TransactionRef,
};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

impl LedgerAccount {
    const fn is_in_balance(self) -> bool {
        matches!(self, Self::Available | Self::Held | Self::Blocked)
    }
}

impl Balances {
    /// Returns the balance of a statement: available, held and blocked together.
    pub fn statement_cents(&self) -> u64 {
        statement_cents([self.available_cents, self.held_cents, self.blocked_cents])
    }
}

/// All are liabilities, and the sum of all liabilities fits 64 bits.
fn statement_cents(balances: [u64; 3]) -> u64 {
    balances.into_iter().fold(0, u64::saturating_add)
}

impl Entry {
    /// Returns the amount by which the entry moves the balance. Returns `None` if it does not.
    pub fn movement_cents(&self) -> Option<i64> {
        let cents = i64::try_from(self.amount_cents).unwrap_or(i64::MAX);
        match (self.debit.is_in_balance(), self.credit.is_in_balance()) {
            (true, false) => Some(-cents),
            (false, true) => Some(cents),
            (true, true) | (false, false) => None,
        }
    }

    /// Returns the balance after the entry.
    pub fn balance_at(&self) -> BalanceAt {
        let balance_cents = statement_cents([
            self.available_after_cents,
            self.held_after_cents,
            self.blocked_after_cents,
        ]);
        BalanceAt { position: self.position(), balance_cents }
    }
}

impl Books {
    /// Returns the balance after the last entry.
    pub fn balance_at(&self) -> BalanceAt {
        BalanceAt { position: self.position(), balance_cents: self.balances.statement_cents() }
    }
}

/// The balance after an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BalanceAt {
    /// Position of the entry.
    pub position: EntryPosition,
    /// Balance in cents.
    pub balance_cents: u64,
}

impl BalanceAt {
    /// The balance before the first entry.
    pub const ZERO: Self = Self {
        position: EntryPosition { at: Timestamp::UNIX_EPOCH, sequence: 0 },
        balance_cents: 0,
    };
}

/// Contiguous entries, without a gap.
#[derive(Debug)]
pub struct ContiguousEntries {
    /// Entries that move the balance.
    pub movements: Vec<Entry>,
    /// Position of the last entry, including entries that do not move the balance.
    pub end: EntryPosition,
}

/// Returns the entries that follow `after` without a gap: at most `movements_max` movements, and none
/// after `last`.
///
/// A query can read a transaction half-way. Then it returns a later entry without the one before it, or
/// entries that are newer than the rest of the reply. The result ends before such a gap; the next request
/// reads the missing entries.
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
    /// Id of the entry.
    pub id: EntryId,
    /// Position of the entry in the account's ledger. It rises with gaps, because some entries do
    /// not move the balance.
    pub sequence: u64,
    /// Reason for the movement.
    pub kind: EntryKind,
    /// Amount in cents; negative for money that left.
    pub amount_cents: i64,
    /// Balance after the movement, in cents.
    pub balance_after_cents: u64,
    /// Charge, refund or payout of the movement.
    pub transaction_id: TransactionRef,
    /// Caller's own id of that charge, refund or payout.
    pub reference: Option<String>,
    /// Description of the caller.
    pub description: Option<String>,
    /// End-to-end id of the Pix payment.
    pub end_to_end_id: Option<String>,
    /// Payer or recipient, with a masked CPF; null for a fee.
    pub counterparty: Option<CounterpartyView>,
    /// Charge that the refund belongs to; null for other movements.
    pub charge_id: Option<ChargeId>,
    /// End-to-end id of the return, for a refund and for money of a payout that came back.
    pub return_id: Option<String>,
    /// Why money of a payout came back; null for other movements.
    pub failure: Option<FailureView>,
    /// Time of the movement.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub occurred_at: Timestamp,
}

/// Other party of a movement or a transaction.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Counterparty")]
pub struct CounterpartyView {
    /// Name of the other party.
    pub name: String,
    /// CPF or CNPJ; lists and statements mask a CPF.
    pub document: DocumentView,
    /// ISPB of its institution, 8 characters; null if it is not known.
    pub ispb: Option<String>,
    /// Name of the institution; null if it is not known.
    pub bank_name: Option<String>,
}

impl From<Counterparty> for CounterpartyView {
    fn from(party: Counterparty) -> Self {
        let Counterparty { name, document_type, document_masked, ispb, bank_name } = party;
        let document = DocumentView { kind: document_type, number: document_masked };
        Self { name, document, ispb, bank_name }
    }
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
            counterparty: entry.counterparty.clone().map(CounterpartyView::from),
            charge_id: entry.charge_id,
            return_id: entry.return_id.as_ref().map(ToString::to_string),
            failure: entry.failure.as_ref().map(FailureView::of_payment),
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
            blocked_after_cents: 5,
            occurred_at: Timestamp::UNIX_EPOCH,
            reference: None,
            description: None,
            end_to_end_id: None,
            counterparty: None,
            charge_id: None,
            return_id: None,
            failure: None,
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
        let run = contiguous_entries(BalanceAt::ZERO.position, entries, last, movements_max);
        let sequences: Vec<_> = run.movements.iter().map(|entry| entry.sequence).collect();
        assert_eq!((&sequences[..], run.end.sequence), expected);
    }

    #[test]
    fn holds_are_skipped() {
        check(entries(), 5, 100, (&[1, 2, 4, 5], 5));
        check(entries(), 5, 2, (&[1, 2], 3));
        check(Vec::new(), 5, 100, (&[], 0));
    }

    /// Fault row 30. A query read the transaction of 3 to 5 half-way.
    #[test]
    fn the_entries_end_before_a_gap() {
        for (missing, expected) in [(0, (&[][..], 0)), (2, (&[1, 2][..], 2)), (4, (&[1, 2, 4], 4))]
        {
            let mut seen = entries();
            seen.remove(missing);
            check(seen, 5, 100, expected);
        }
    }

    /// Fault row 30. Entries that are newer than the balances of the reply belong to the next one.
    #[test]
    fn the_entries_end_with_the_rest_of_the_reply() {
        check(entries(), 3, 100, (&[1, 2], 3));
    }

    #[test]
    fn an_entry_moves_the_balance_if_one_side_is_in_it() {
        for kind in EntryKind::ALL {
            let moved: Vec<_> = kind
                .routes()
                .iter()
                .map(|(debit, credit)| {
                    Entry { debit: *debit, credit: *credit, ..entry(1, *kind) }.movement_cents()
                })
                .collect();
            // A kind moves the balance in one direction, even if it has several routes.
            assert!(moved.windows(2).all(|pair| pair[0] == pair[1]), "{kind:?}");
            let word = kind.as_str();
            let expected = match moved[0] {
                Some(100) => [
                    "credited",
                    "credit_kept",
                    "payout_returned",
                    "reversed",
                    "receivables_used",
                    "given_back",
                ]
                .as_slice(),
                Some(_) => [
                    "fee",
                    "payout_paid",
                    "refund_paid",
                    "taken_back",
                    "block_transferred",
                    "debt_collected",
                    "receivables_restored",
                ]
                .as_slice(),
                None => [
                    "charge_paid",
                    "charge_payment_withdrawn",
                    "charge_held",
                    "charge_returned",
                    "payment_unmatched",
                    "credit_matched",
                    "credit_returned",
                    "held",
                    "released",
                    "expired",
                    "blocked",
                    "debt_opened",
                ]
                .as_slice(),
            };
            assert!(expected.iter().any(|part| word.contains(part)), "{word} {moved:?}");
        }
    }

    #[test]
    fn the_balance_is_the_available_the_held_and_the_blocked_balance() {
        assert_eq!(entry(1, EntryKind::ChargeFee).balance_at().balance_cents, 635);
    }
}
