//! Double entry in integer cents.
//!
//! Each entry moves one amount from one ledger account to another, so debits equal credits by
//! construction. The books of an account count their entries without a gap, and each entry
//! carries the balances the customer sees after it.
//!
//! Entries are never changed. Their times never go back, whatever the clocks of the functions that
//! write them say: the order of the books is the order of their days.

use brazil::EndToEndId;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::string_enum::string_enum;
use crate::{
    AccountId, Code, Effects, EntryContext, EntryId, Error, Id, Moment, MovementId, OutgoingUsage,
    TransactionRef,
};

string_enum! {
    /// Where money can stand. All but `Clearing` are what we owe: to the customer, or to ourselves.
    LedgerAccount {
        /// Money in the payment network's account at our bank.
        Clearing = "clearing",
        /// Paid by a payer, not yet the customer's to use.
        Receivable = "receivable",
        /// Paid by a payer and held by the network for review.
        UnderReview = "under_review",
        /// The customer's to use.
        Available = "available",
        /// The customer's, and promised to somebody: see [`crate::Hold`].
        Held = "held",
        /// Ours.
        Fees = "fees",
    }
}

string_enum! {
    /// Why money moved.
    EntryKind {
        /// A payer paid a charge.
        ChargePaid = "charge_paid",
        /// A payer paid and the network holds it.
        ChargeHeldForReview = "charge_held_for_review",
        /// A charge became available.
        ChargeCredited = "charge_credited",
        /// The fee of a charge.
        ChargeFee = "charge_fee",
        /// The money of a charge went back to the payer.
        ChargeReturned = "charge_returned",
        /// Money was put aside.
        Held = "held",
        /// Money put aside is available again.
        Released = "released",
        /// Money put aside is available again because its time is over.
        Expired = "expired",
        /// A payout left.
        PayoutPaid = "payout_paid",
        /// The fee of a payout.
        PayoutFee = "payout_fee",
        /// The money of a payout came back.
        PayoutReturned = "payout_returned",
        /// A payout that came back costs nothing.
        PayoutFeeReversed = "payout_fee_reversed",
        /// Money of a charge was given back to its payer.
        RefundPaid = "refund_paid",
    }
}

impl EntryKind {
    /// From where to where, as (debit, credit): no entry of this kind takes another way.
    pub const fn routes(self) -> &'static [(LedgerAccount, LedgerAccount)] {
        use LedgerAccount::{Available, Clearing, Fees, Held, Receivable, UnderReview};
        match self {
            Self::ChargePaid => &[(Clearing, Receivable)],
            Self::ChargeHeldForReview => &[(Clearing, UnderReview)],
            Self::ChargeCredited => &[(Receivable, Available), (UnderReview, Available)],
            Self::ChargeFee => &[(Available, Fees)],
            Self::ChargeReturned => &[(UnderReview, Clearing)],
            Self::Held => &[(Available, Held)],
            Self::Released | Self::Expired => &[(Held, Available)],
            Self::PayoutPaid | Self::RefundPaid => &[(Held, Clearing)],
            Self::PayoutFee => &[(Held, Fees)],
            Self::PayoutReturned => &[(Clearing, Available)],
            Self::PayoutFeeReversed => &[(Fees, Available)],
        }
    }
}

/// One movement to be entered.
#[derive(Debug, Clone, Copy)]
pub struct Posting {
    kind: EntryKind,
    debit: LedgerAccount,
    credit: LedgerAccount,
    amount_cents: u64,
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
    pub movement_id: MovementId,
    /// What it belongs to.
    pub transaction: TransactionRef,
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
    /// What is held after it.
    pub held_after_cents: u64,
    /// When; never before the entry before it.
    pub occurred_at: Timestamp,
    /// The caller's own id of what it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// The caller's own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The payment behind it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_to_end_id: Option<EndToEndId>,
}

impl Entry {
    /// Where it stands.
    pub fn position(&self) -> EntryPosition {
        EntryPosition { at: self.occurred_at, sequence: self.sequence }
    }
}

/// Where an entry stands in its books. Times never go back, so places are in the order of their
/// sequences, and a period is a run of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct EntryPosition {
    /// When it was entered.
    pub at: Timestamp,
    /// Its sequence.
    pub sequence: u64,
}

impl EntryPosition {
    /// The last one before an instant. Keys hold milliseconds, and the days of every zone begin on a
    /// whole second.
    pub fn before(at: Timestamp) -> Self {
        let last = at.checked_sub(SignedDuration::from_millis(1)).unwrap_or(Timestamp::MIN);
        Self { at: last.min(Self::END.at), sequence: u64::MAX }
    }

    /// Beyond every entry: the last millisecond that has 13 digits, in the year 2286.
    pub const END: Self =
        Self { at: Timestamp::constant(9_999_999_999, 999_000_000), sequence: u64::MAX };
}

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

/// The first entry of a calendar day in São Paulo, and the balances before it: its opening, and the
/// closing of the day with entries before it. Written with that entry and never again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerDay {
    /// Whose.
    pub account_id: AccountId,
    /// The day.
    pub date: Date,
    /// Its first entry.
    pub first_sequence: u64,
    /// What stood where before it.
    pub opening: Balances,
}

/// The balances of an account and how many entries they come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Books {
    /// Whose.
    pub account_id: AccountId,
    /// Entries so far.
    pub sequence: u64,
    /// When the last of them was.
    pub last_at: Timestamp,
    /// What stands where.
    pub balances: Balances,
    /// What was let go today and tonight, for the limits.
    pub outgoing_usage: OutgoingUsage,
    /// Since when nothing is entered, because the books do not agree with their entries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frozen_at: Option<Timestamp>,
    /// Counts the changes.
    pub version: u64,
}

impl Books {
    /// Empty books.
    pub fn open(account_id: AccountId) -> Self {
        Self {
            account_id,
            sequence: 0,
            last_at: Timestamp::UNIX_EPOCH,
            balances: Balances::default(),
            outgoing_usage: OutgoingUsage::default(),
            frozen_at: None,
            version: 0,
        }
    }

    /// Enters the postings of one movement; an amount of 0 makes no entry. Nothing is entered when
    /// one of them would leave a balance below zero or beyond 64 bits, or while the books are frozen.
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

    /// Refuses whatever moves money, or leads to that, while the books are frozen.
    pub fn require_not_frozen(&self) -> Result<(), Error> {
        match self.frozen_at {
            None => Ok(()),
            Some(_) => Err(Error::conflict(
                Code::AccountFrozen,
                "no money moves on this account until its books are checked; ask the operator",
            )),
        }
    }

    /// Where the last entry stands.
    pub fn position(&self) -> EntryPosition {
        EntryPosition { at: self.last_at, sequence: self.sequence }
    }

    /// The opening of the day of `at`, when no entry was made on it yet.
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
    use crate::{ChargeId, Entropy};

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
    fn a_day_of_sao_paulo_opens_with_what_the_day_before_closed_with() {
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

    /// Fault row 36. A function whose clock is behind enters no line into a day that is closed.
    #[test]
    fn entries_never_go_back_in_time() {
        let books = &mut Books::open(AccountId::from_ulid(Ulid::from_parts(1, 1)));
        pay_in(books, "2026-11-25T03:04:00Z");
        let late = pay_in(books, "2026-11-25T02:59:00Z");
        assert_eq!(late.entries[0].occurred_at.to_string(), "2026-11-25T03:04:00Z");
        assert!(late.days.is_empty());
    }

    #[test]
    fn frozen_books_take_nothing() {
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
