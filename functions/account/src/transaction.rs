//! A charge, refund or payout in one shape.

use domain::access::{Access, Permission};
use domain::charge::{
    Charge, ChargeStatus, ChargeView, DocumentView, PayerView, Refund, RefundStatus, RefundView,
};
use domain::kernel::{AccountId, EntryId, Error, Id, StatusChange};
use domain::ledger::{Entry, EntryKind, EntryPosition, LedgerAccount, TransactionRef};
use domain::payout::{BeneficiaryView, Payout, PayoutStatus, PayoutView};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{Key, Row};
use ulid::Ulid;

/// What a transaction is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum TransactionType {
    /// Money asked of a payer.
    Charge,
    /// Money of a charge given back.
    Refund,
    /// Money sent to somebody.
    Payout,
}

impl TransactionType {
    /// Every one.
    pub(crate) const ALL: [Self; 3] = [Self::Charge, Self::Refund, Self::Payout];
}

/// Which way the money goes.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Direction {
    /// To the account.
    In,
    /// From the account.
    Out,
}

/// Where a transaction stands, in the words of what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum TransactionStatus {
    /// Of a charge.
    Charge(ChargeStatus),
    /// Of a refund.
    Refund(RefundStatus),
    /// Of a payout.
    Payout(PayoutStatus),
}

impl TransactionStatus {
    /// Its word.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Charge(status) => status.as_str(),
            Self::Refund(status) => status.as_str(),
            Self::Payout(status) => status.as_str(),
        }
    }

    /// A word as the state of one kind, which may have no such state.
    pub(crate) fn of(kind: TransactionType, word: &str) -> Option<Self> {
        match kind {
            TransactionType::Charge => {
                let all = ChargeStatus::ALL.iter();
                all.copied().find(|status| status.as_str() == word).map(Self::Charge)
            }
            TransactionType::Refund => {
                let all = RefundStatus::ALL.iter();
                all.copied().find(|status| status.as_str() == word).map(Self::Refund)
            }
            TransactionType::Payout => {
                let all = PayoutStatus::ALL.iter();
                all.copied().find(|status| status.as_str() == word).map(Self::Payout)
            }
        }
    }
}

/// A state that was entered.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct TransactionChange {
    /// The state.
    status: TransactionStatus,
    /// When.
    at: Timestamp,
    /// Why, in a word, where there is more than one reason.
    reason: Option<String>,
}

/// Who is on the other side.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct Counterparty {
    /// Name.
    name: String,
    /// CPF or CNPJ; in lists a CPF is masked.
    document: DocumentView,
}

/// An entry in the books: an amount that moved from one of their accounts to another.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "LedgerEntry")]
pub(crate) struct EntryView {
    /// Its id; the same as in statements, where it is in one.
    id: EntryId,
    /// Its place in the books.
    sequence: u64,
    /// Why.
    kind: EntryKind,
    /// The debited account.
    debit: LedgerAccount,
    /// The credited account.
    credit: LedgerAccount,
    /// How much, in cents.
    amount_cents: u64,
    /// What was available after it, in cents.
    available_after_cents: u64,
    /// What was held after it, in cents.
    held_after_cents: u64,
    /// When.
    occurred_at: Timestamp,
}

/// A charge, refund or payout.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Transaction")]
pub struct TransactionView {
    /// The id of the charge, refund or payout.
    id: TransactionRef,
    /// What it is.
    #[serde(rename = "type")]
    kind: TransactionType,
    /// Where it stands.
    status: TransactionStatus,
    /// Which way its money goes.
    direction: Direction,
    /// How it travels: `pix` or `ted`.
    method: String,
    /// How much, in cents.
    amount_cents: u64,
    /// `BRL`.
    currency: &'static str,
    /// The fee, in cents.
    fees_cents: u64,
    /// What came or went back of it, in cents.
    returned_amount_cents: u64,
    /// Who is on the other side; null for whoever owns a PIX key, and for the payer of what is given
    /// back, whom its charge names.
    counterparty: Option<Counterparty>,
    /// The caller's own words.
    description: Option<String>,
    /// The caller's own id.
    reference: Option<String>,
    /// The PIX payment behind it.
    end_to_end_id: Option<String>,
    /// Every state it was in.
    status_history: Vec<TransactionChange>,
    /// When it was opened.
    created_at: Timestamp,
    /// Its entries in the books, oldest first; only when one transaction is shown.
    entries: Option<Vec<EntryView>>,
}

/// A transaction as it is stored.
pub(crate) enum Transaction {
    Charge(Charge),
    Refund(Refund),
    Payout(Payout),
}

/// The row of a transaction.
pub(crate) fn named(account_id: AccountId, transaction: TransactionRef) -> Key {
    match transaction {
        TransactionRef::Charge(id) => Key::Charge(account_id, id),
        TransactionRef::Payout(id) => Key::Payout(account_id, id),
        TransactionRef::Refund(id) => Key::Refund(account_id, id),
    }
}

impl Transaction {
    /// Reads the row of [`named`].
    pub(crate) fn read(row: Row) -> Result<Self, Error> {
        match (row.is::<Payout>(), row.is::<Refund>()) {
            (true, _) => row.read().map(Self::Payout),
            (_, true) => row.read().map(Self::Refund),
            _ => row.read().map(Self::Charge),
        }
    }

    /// The ULID of its id.
    pub(crate) fn ulid(&self) -> Ulid {
        match self {
            Self::Charge(charge) => charge.id.ulid(),
            Self::Payout(payout) => payout.id.ulid(),
            Self::Refund(refund) => refund.id.ulid(),
        }
    }

    /// What it is, where it stands, and since when it is there.
    pub(crate) fn stands(&self) -> (TransactionType, TransactionStatus, Timestamp) {
        match self {
            Self::Charge(charge) => {
                let status = TransactionStatus::Charge(charge.status);
                (TransactionType::Charge, status, charge.created_at)
            }
            Self::Refund(refund) => {
                let status = TransactionStatus::Refund(refund.status);
                (TransactionType::Refund, status, refund.created_at)
            }
            Self::Payout(payout) => {
                let status = TransactionStatus::Payout(payout.status);
                (TransactionType::Payout, status, payout.created_at)
            }
        }
    }

    /// Where its entries stand.
    pub(crate) fn places(&self) -> &[EntryPosition] {
        match self {
            Self::Charge(charge) => &charge.entries,
            Self::Payout(payout) => &payout.entries,
            Self::Refund(refund) => &refund.entries,
        }
    }

    /// As it truly is at this instant.
    pub(crate) fn at(self, now: Timestamp) -> Self {
        match self {
            Self::Charge(charge) => Self::Charge(charge.as_of(now)),
            Self::Payout(payout) => Self::Payout(payout.as_of(now)),
            // Nothing of a refund follows from the time alone.
            Self::Refund(refund) => Self::Refund(refund),
        }
    }

    /// As lists show it: people's documents are masked.
    pub(crate) fn masked(&self) -> TransactionView {
        match self {
            Self::Charge(charge) => of_charge(charge, ChargeView::masked(charge)),
            Self::Payout(payout) => of_payout(PayoutView::masked(payout)),
            Self::Refund(refund) => of_refund(RefundView::from(refund)),
        }
    }

    /// With its entries; in full for who may see it in full elsewhere.
    pub(crate) fn with(&self, entries: &[Entry], access: &Access) -> TransactionView {
        let view = match self {
            Self::Charge(charge) if access.allows(Permission::ChargesRead) => {
                of_charge(charge, ChargeView::from(charge))
            }
            Self::Payout(payout) if access.allows(Permission::PayoutsRead) => {
                of_payout(PayoutView::from(payout))
            }
            other => other.masked(),
        };
        TransactionView { entries: Some(entries.iter().map(EntryView::from).collect()), ..view }
    }
}

fn of_charge(charge: &Charge, view: ChargeView) -> TransactionView {
    let PayerView { name, document, .. } = view.payer;
    TransactionView {
        id: TransactionRef::Charge(view.id),
        kind: TransactionType::Charge,
        status: TransactionStatus::Charge(view.status),
        direction: Direction::In,
        method: view.method.to_owned(),
        amount_cents: view.amount_cents,
        currency: view.currency,
        fees_cents: view.fees_cents,
        returned_amount_cents: view.refunded_amount_cents,
        counterparty: Some(Counterparty { name, document }),
        description: view.description,
        reference: view.reference,
        end_to_end_id: charge.method.end_to_end_id().map(ToString::to_string),
        status_history: history(view.status_history, TransactionStatus::Charge),
        created_at: view.created_at,
        entries: None,
    }
}

fn of_payout(view: PayoutView) -> TransactionView {
    let party = |BeneficiaryView { name, document }| Counterparty { name, document };
    TransactionView {
        id: TransactionRef::Payout(view.id),
        kind: TransactionType::Payout,
        status: TransactionStatus::Payout(view.status),
        direction: Direction::Out,
        method: view.method.as_str().to_owned(),
        amount_cents: view.amount_cents,
        currency: view.currency,
        fees_cents: view.fees_cents,
        returned_amount_cents: view.returned_amount_cents,
        counterparty: view.beneficiary.map(party),
        description: view.description,
        reference: view.reference,
        end_to_end_id: view.end_to_end_id,
        status_history: history(view.status_history, TransactionStatus::Payout),
        created_at: view.created_at,
        entries: None,
    }
}

fn of_refund(view: RefundView) -> TransactionView {
    TransactionView {
        id: TransactionRef::Refund(view.id),
        kind: TransactionType::Refund,
        status: TransactionStatus::Refund(view.status),
        direction: Direction::Out,
        method: view.method.to_owned(),
        amount_cents: view.amount_cents,
        currency: view.currency,
        fees_cents: 0,
        returned_amount_cents: 0,
        counterparty: None,
        description: view.reason,
        reference: view.reference,
        end_to_end_id: view.end_to_end_id,
        status_history: history(view.status_history, TransactionStatus::Refund),
        created_at: view.created_at,
        entries: None,
    }
}

fn history<S>(
    changes: Vec<StatusChange<S>>,
    status: impl Fn(S) -> TransactionStatus,
) -> Vec<TransactionChange> {
    let change = |StatusChange { status: word, at, reason }| TransactionChange {
        status: status(word),
        at,
        reason,
    };
    changes.into_iter().map(change).collect()
}

impl From<&Entry> for EntryView {
    fn from(entry: &Entry) -> Self {
        Self {
            id: entry.id,
            sequence: entry.sequence,
            kind: entry.kind,
            debit: entry.debit,
            credit: entry.credit,
            amount_cents: entry.amount_cents,
            available_after_cents: entry.available_after_cents,
            held_after_cents: entry.held_after_cents,
            occurred_at: entry.occurred_at,
        }
    }
}
