//! A charge, refund or payout in one form.

use domain::access::{Access, Permission};
use domain::charge::{
    Charge, ChargeStatus, ChargeView, PayerView, Refund, RefundStatus, RefundView,
};
use domain::kernel::{AccountId, ChargeId, Currency, EntryId, Error, Id, StatusChange};
use domain::ledger::{Entry, EntryKind, EntryPosition, LedgerAccount, TransactionRef};
use domain::payout::{BeneficiaryView, Payout, PayoutMethod, PayoutStatus, PayoutView};
use domain::statement::CounterpartyView;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{Key, Row};
use ulid::Ulid;

/// Type of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum TransactionType {
    /// A charge: money that a payer is asked to pay.
    Charge,
    /// A refund: money of a charge that goes back to the payer.
    Refund,
    /// A payout: money that the account sends.
    Payout,
}

impl TransactionType {
    /// All types.
    pub(crate) const ALL: [Self; 3] = [Self::Charge, Self::Refund, Self::Payout];
}

/// Direction of the money.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Direction {
    /// The money goes to the account.
    In,
    /// The money leaves the account.
    Out,
}

/// Status of a charge, refund or payout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum TransactionStatus {
    /// Status of a charge.
    Charge(ChargeStatus),
    /// Status of a refund.
    Refund(RefundStatus),
    /// Status of a payout.
    Payout(PayoutStatus),
}

impl TransactionStatus {
    /// Returns the name of the status.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Charge(status) => status.as_str(),
            Self::Refund(status) => status.as_str(),
            Self::Payout(status) => status.as_str(),
        }
    }

    /// Returns the status of a type by name; `None` if the type has no such status.
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

/// A change of status.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct TransactionChange {
    /// New status.
    status: TransactionStatus,
    /// Time of the change.
    #[serde(serialize_with = "domain::kernel::milliseconds")]
    at: Timestamp,
    /// Reason in one word; null if only one reason is possible.
    reason: Option<String>,
}

/// A ledger entry: an amount that moved from one ledger account to another.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "LedgerEntry")]
pub(crate) struct EntryView {
    /// Id of the entry; statements show the same id.
    id: EntryId,
    /// Position of the entry in the account's ledger.
    sequence: u64,
    /// Reason for the entry.
    kind: EntryKind,
    /// Debited ledger account.
    debit: LedgerAccount,
    /// Credited ledger account.
    credit: LedgerAccount,
    /// Amount of the entry, in cents.
    amount_cents: u64,
    /// Available balance after the entry, in cents.
    available_after_cents: u64,
    /// Held balance after the entry, in cents.
    held_after_cents: u64,
    /// Time of the entry.
    #[serde(serialize_with = "domain::kernel::milliseconds")]
    occurred_at: Timestamp,
}

/// A charge, refund or payout.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Transaction")]
pub struct TransactionView {
    /// Id of the charge, refund or payout.
    id: TransactionRef,
    /// Type of the transaction.
    #[serde(rename = "type")]
    kind: TransactionType,
    /// Status of the transaction.
    status: TransactionStatus,
    /// Direction of the money.
    direction: Direction,
    /// Payment method: `pix` or `ted`.
    #[schemars(with = "PayoutMethod")]
    method: String,
    /// Amount of the transaction, in cents.
    amount_cents: u64,
    /// Currency; always `BRL`.
    currency: Currency,
    /// Fee in cents.
    fees_cents: u64,
    /// Amount that was returned or refunded, in cents.
    returned_amount_cents: u64,
    /// Other party; null for a payout to the owner of a Pix key. For a refund it is the payer of the
    /// charge, with a masked CPF.
    counterparty: Option<CounterpartyView>,
    /// Charge that the refund belongs to; null for charges and payouts.
    charge_id: Option<ChargeId>,
    /// Description of the caller.
    description: Option<String>,
    /// Caller's own id of the transaction.
    reference: Option<String>,
    /// End-to-end id of the Pix payment.
    end_to_end_id: Option<String>,
    /// Every status of the transaction, oldest first.
    status_history: Vec<TransactionChange>,
    /// Time at which the transaction was created.
    #[serde(serialize_with = "domain::kernel::milliseconds")]
    created_at: Timestamp,
    /// Ledger entries, oldest first; only in the answer for one transaction.
    entries: Option<Vec<EntryView>>,
}

/// A stored transaction.
pub(crate) enum Transaction {
    Charge(Charge),
    Refund(Refund),
    Payout(Payout),
}

/// Returns the key of a transaction.
pub(crate) fn transaction_key(account_id: AccountId, transaction: TransactionRef) -> Key {
    match transaction {
        TransactionRef::Charge(id) => Key::Charge(account_id, id),
        TransactionRef::Payout(id) => Key::Payout(account_id, id),
        TransactionRef::Refund(id) => Key::Refund(account_id, id),
    }
}

impl Transaction {
    /// Reads the row of [`transaction_key`].
    pub(crate) fn read(row: Row) -> Result<Self, Error> {
        match (row.is::<Payout>(), row.is::<Refund>()) {
            (true, _) => row.read().map(Self::Payout),
            (_, true) => row.read().map(Self::Refund),
            _ => row.read().map(Self::Charge),
        }
    }

    /// Returns the ULID of the id.
    pub(crate) fn ulid(&self) -> Ulid {
        match self {
            Self::Charge(charge) => charge.id.ulid(),
            Self::Payout(payout) => payout.id.ulid(),
            Self::Refund(refund) => refund.id.ulid(),
        }
    }

    /// Returns type, status and time of creation.
    pub(crate) fn summary(&self) -> (TransactionType, TransactionStatus, Timestamp) {
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

    /// Returns the positions of its ledger entries.
    pub(crate) fn entry_positions(&self) -> &[EntryPosition] {
        match self {
            Self::Charge(charge) => &charge.entries,
            Self::Payout(payout) => &payout.entries,
            Self::Refund(refund) => &refund.entries,
        }
    }

    /// Returns the transaction with its status at this instant.
    pub(crate) fn with_status_at(self, now: Timestamp) -> Self {
        match self {
            Self::Charge(charge) => Self::Charge(charge.as_of(now)),
            Self::Payout(payout) => Self::Payout(payout.as_of(now)),
            // The status of a refund does not depend on the time alone.
            Self::Refund(refund) => Self::Refund(refund),
        }
    }

    /// Returns the form for lists: documents of people are masked.
    pub(crate) fn masked(&self) -> TransactionView {
        match self {
            Self::Charge(charge) => of_charge(charge, ChargeView::masked(charge)),
            Self::Payout(payout) => of_payout(PayoutView::masked(payout)),
            Self::Refund(refund) => of_refund(refund, RefundView::from(refund)),
        }
    }

    /// Returns the form with entries. It is unmasked if the caller may also read the charge or
    /// payout itself.
    pub(crate) fn with_entries(&self, entries: &[Entry], access: &Access) -> TransactionView {
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
        method: view.method.as_str().to_owned(),
        amount_cents: view.amount_cents,
        currency: view.currency,
        fees_cents: view.fees_cents,
        returned_amount_cents: view.refunded_amount_cents,
        counterparty: Some(CounterpartyView { name, document }),
        charge_id: None,
        description: view.description,
        reference: view.reference,
        end_to_end_id: charge.method.end_to_end_id().map(ToString::to_string),
        status_history: history(view.status_history, TransactionStatus::Charge),
        created_at: view.created_at,
        entries: None,
    }
}

fn of_payout(view: PayoutView) -> TransactionView {
    let party = |BeneficiaryView { name, document }| CounterpartyView { name, document };
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
        charge_id: None,
        description: view.description,
        reference: view.reference,
        end_to_end_id: view.end_to_end_id,
        status_history: history(view.status_history, TransactionStatus::Payout),
        created_at: view.created_at,
        entries: None,
    }
}

fn of_refund(refund: &Refund, view: RefundView) -> TransactionView {
    TransactionView {
        id: TransactionRef::Refund(view.id),
        kind: TransactionType::Refund,
        status: TransactionStatus::Refund(view.status),
        direction: Direction::Out,
        method: view.method.as_str().to_owned(),
        amount_cents: view.amount_cents,
        currency: view.currency,
        fees_cents: 0,
        returned_amount_cents: 0,
        counterparty: refund.counterparty.clone().map(CounterpartyView::from),
        charge_id: Some(refund.charge_id),
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
