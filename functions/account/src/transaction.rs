//! A charge, refund, payout or credit in one form.

use domain::access::{Access, Permission};
use domain::charge::{
    Charge, ChargeStatus, ChargeView, PayerView, Refund, RefundStatus, RefundView,
};
use domain::credit::{Credit, CreditStatus, CreditView};
use domain::kernel::{ChargeId, ClosedList, Currency, EntryId, Error, FailureView, StatusChange};
use domain::ledger::{
    Entry, EntryKind, EntryPosition, LedgerAccount, TransactionMethod, TransactionRef,
    TransactionType,
};
use domain::payment::PayingPartyView;
use domain::payout::{Payout, PayoutStatus, PayoutView};
use domain::search::SearchFacts;
use domain::statement::CounterpartyView;
use edge::Searchable;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use store::Row;

/// Direction of the money.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Direction {
    /// The money goes to the account.
    In,
    /// The money leaves the account.
    Out,
}

/// Status of a charge, refund, payout or credit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum TransactionStatus {
    /// Status of a charge.
    Charge(ChargeStatus),
    /// Status of a refund.
    Refund(RefundStatus),
    /// Status of a payout.
    Payout(PayoutStatus),
    /// Status of a credit.
    Credit(CreditStatus),
}

impl ClosedList for TransactionStatus {
    fn words() -> Vec<&'static str> {
        let lists = [
            ChargeStatus::words(),
            RefundStatus::words(),
            PayoutStatus::words(),
            CreditStatus::words(),
        ];
        let mut words: Vec<_> = lists.concat();
        words.sort_unstable();
        words.dedup();
        words
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
    /// Blocked balance after the entry, in cents.
    blocked_after_cents: u64,
    /// Time of the entry.
    #[serde(serialize_with = "domain::kernel::milliseconds")]
    occurred_at: Timestamp,
}

/// A charge, refund, payout or credit.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Transaction")]
pub struct TransactionView {
    /// Id of the charge, refund, payout or credit.
    id: TransactionRef,
    /// Type of the transaction.
    #[serde(rename = "type")]
    kind: TransactionType,
    /// Status of the transaction.
    status: TransactionStatus,
    /// Direction of the money.
    direction: Direction,
    /// Method of the transaction.
    method: TransactionMethod,
    /// Amount of the transaction, in cents.
    amount_cents: u64,
    /// Currency; always `BRL`.
    currency: Currency,
    /// Fee in cents.
    fees_cents: u64,
    /// Amount that was refunded or returned, also by the network, in cents.
    returned_amount_cents: u64,
    /// What the transaction brings to the balance or takes from it, in cents; null for a charge or a credit
    /// that is not credited. Money that went back later is not subtracted: `returned_amount_cents` has it.
    net_amount_cents: Option<u64>,
    /// Other party: who paid, as far as the network said it, or else the payer of the charge; the recipient
    /// of a payout. For a refund, and for the owner of a Pix
    /// key, a CPF is always masked. Null for a payout to a Pix key that was not sent yet and names no
    /// beneficiary.
    counterparty: Option<CounterpartyView>,
    /// Charge that the refund belongs to, or that the credit was matched to; null for charges and
    /// payouts.
    charge_id: Option<ChargeId>,
    /// Description of the caller.
    description: Option<String>,
    /// Caller's own id of the transaction.
    reference: Option<String>,
    /// End-to-end id of the Pix payment.
    end_to_end_id: Option<String>,
    /// Why the transaction was rejected, or its whole amount came back, or the last return of a credit was
    /// rejected; null otherwise.
    failure: Option<FailureView>,
    /// Time of the payment.
    #[serde(serialize_with = "domain::kernel::milliseconds")]
    paid_at: Option<Timestamp>,
    /// Time at which the money of a charge or credit came into the available balance.
    #[serde(serialize_with = "domain::kernel::milliseconds")]
    credited_at: Option<Timestamp>,
    /// Time from which the receiver of the money can use it, as far as it is known.
    #[serde(serialize_with = "domain::kernel::milliseconds")]
    available_at: Option<Timestamp>,
    /// Time of the rejection.
    #[serde(serialize_with = "domain::kernel::milliseconds")]
    rejected_at: Option<Timestamp>,
    /// Time of the cancellation.
    #[serde(serialize_with = "domain::kernel::milliseconds")]
    cancelled_at: Option<Timestamp>,
    /// Time at which the whole amount of a payout had come back, or that of a credit was returned.
    #[serde(serialize_with = "domain::kernel::milliseconds")]
    returned_at: Option<Timestamp>,
    /// Every status of the transaction, oldest first.
    status_history: Vec<TransactionChange>,
    /// Time at which the transaction was created.
    #[serde(serialize_with = "domain::kernel::milliseconds")]
    created_at: Timestamp,
    /// Ledger entries, oldest first; only in the answer for one transaction.
    entries: Option<Vec<EntryView>>,
}

/// A stored transaction.
pub enum Transaction {
    Charge(Box<Charge>),
    Refund(Refund),
    Payout(Box<Payout>),
    Credit(Credit),
}

impl Searchable for Transaction {
    const TYPES: &'static [TransactionType] = TransactionType::ALL;

    fn of_row(row: Row) -> Result<Self, Error> {
        match (row.is::<Payout>(), row.is::<Refund>(), row.is::<Credit>()) {
            (true, ..) => row.read().map(|payout| Self::Payout(Box::new(payout))),
            (_, true, _) => row.read().map(Self::Refund),
            (.., true) => row.read().map(Self::Credit),
            _ => row.read().map(Box::new).map(Self::Charge),
        }
    }

    fn facts(&self) -> SearchFacts<'_> {
        match self {
            Self::Charge(charge) => charge.as_ref().into(),
            Self::Payout(payout) => (&**payout).into(),
            Self::Refund(refund) => refund.into(),
            Self::Credit(credit) => credit.into(),
        }
    }

    fn at(self, now: Timestamp) -> Self {
        match self {
            Self::Charge(charge) => Self::Charge(charge.as_of(now).into()),
            Self::Payout(payout) => Self::Payout(Box::new(payout.as_of(now))),
            // The status of a refund or a credit does not depend on the time alone.
            Self::Refund(refund) => Self::Refund(refund),
            Self::Credit(credit) => Self::Credit(credit),
        }
    }
}

impl Transaction {
    /// Returns the positions of its ledger entries.
    pub(crate) fn entry_positions(&self) -> &[EntryPosition] {
        match self {
            Self::Charge(charge) => &charge.entries,
            Self::Payout(payout) => &payout.entries,
            Self::Refund(refund) => &refund.entries,
            Self::Credit(credit) => &credit.entries,
        }
    }

    /// Returns the form for lists: documents of people are masked.
    pub(crate) fn masked(&self, now: Timestamp) -> TransactionView {
        match self {
            Self::Charge(charge) => of_charge(charge, ChargeView::masked(charge, now)),
            Self::Payout(payout) => of_payout(payout, PayoutView::masked(payout)),
            Self::Refund(refund) => of_refund(refund, RefundView::from(refund)),
            Self::Credit(credit) => of_credit(CreditView::masked(credit)),
        }
    }

    /// Returns the form with entries. It is unmasked if the caller may also read the charge or
    /// payout itself.
    pub(crate) fn with_entries(
        &self,
        entries: &[Entry],
        access: &Access,
        now: Timestamp,
    ) -> TransactionView {
        let view = match self {
            Self::Charge(charge) if access.allows(Permission::ChargesRead) => {
                of_charge(charge, ChargeView::at(charge, now))
            }
            Self::Payout(payout) if access.allows(Permission::PayoutsRead) => {
                of_payout(payout, PayoutView::from(&**payout))
            }
            Self::Credit(credit) if access.allows(Permission::ChargesRead) => {
                of_credit(CreditView::from(credit))
            }
            other => other.masked(now),
        };
        TransactionView { entries: Some(entries.iter().map(EntryView::from).collect()), ..view }
    }
}

fn of_charge(charge: &Charge, view: ChargeView) -> TransactionView {
    let asked = view.payer.map(|PayerView { name, document, .. }| CounterpartyView {
        name,
        document,
        ispb: None,
        bank_name: None,
    });
    let paid = view.payment.and_then(|payment| paying_party(payment.payer));
    TransactionView {
        id: TransactionRef::Charge(view.id),
        kind: TransactionType::Charge,
        status: TransactionStatus::Charge(view.status),
        direction: Direction::In,
        method: view.method.into(),
        amount_cents: view.amount_cents,
        currency: view.currency,
        fees_cents: view.fees_cents,
        returned_amount_cents: view.refunded_amount_cents + view.returned_amount_cents,
        net_amount_cents: view.net_amount_cents,
        counterparty: paid.or(asked),
        charge_id: None,
        description: view.description,
        reference: view.reference,
        end_to_end_id: charge.method.end_to_end_id().map(ToString::to_string),
        failure: view.failure,
        paid_at: view.paid_at,
        credited_at: view.credited_at,
        available_at: view.available_at,
        rejected_at: view.rejected_at,
        cancelled_at: view.cancelled_at,
        returned_at: None,
        status_history: history(view.status_history, TransactionStatus::Charge),
        created_at: view.created_at,
        entries: None,
    }
}

fn of_payout(payout: &Payout, view: PayoutView) -> TransactionView {
    let known = payout.counterparty().map(CounterpartyView::from);
    // The document that the caller gave, which `view` masks if it must.
    let counterparty = known.map(|party| match view.beneficiary {
        Some(named) => CounterpartyView { document: named.document, ..party },
        None => party,
    });
    TransactionView {
        id: TransactionRef::Payout(view.id),
        kind: TransactionType::Payout,
        status: TransactionStatus::Payout(view.status),
        direction: Direction::Out,
        method: view.method.into(),
        amount_cents: view.amount_cents,
        currency: view.currency,
        fees_cents: view.fees_cents,
        returned_amount_cents: view.returned_amount_cents,
        net_amount_cents: Some(view.net_amount_cents),
        counterparty,
        charge_id: None,
        description: view.description,
        reference: view.reference,
        end_to_end_id: view.end_to_end_id,
        failure: view.failure,
        paid_at: view.paid_at,
        credited_at: None,
        available_at: view.available_at,
        rejected_at: view.rejected_at,
        cancelled_at: view.cancelled_at,
        returned_at: view.returned_at,
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
        method: view.method.into(),
        amount_cents: view.amount_cents,
        currency: view.currency,
        fees_cents: 0,
        returned_amount_cents: 0,
        net_amount_cents: Some(view.net_amount_cents),
        counterparty: refund.counterparty.clone().map(CounterpartyView::from),
        charge_id: Some(refund.charge_id),
        description: view.reason,
        reference: view.reference,
        end_to_end_id: view.end_to_end_id,
        failure: view.failure,
        paid_at: view.paid_at,
        credited_at: None,
        available_at: view.available_at,
        rejected_at: view.rejected_at,
        cancelled_at: None,
        returned_at: None,
        status_history: history(view.status_history, TransactionStatus::Refund),
        created_at: view.created_at,
        entries: None,
    }
}

/// Returns who paid, if the network named and identified the payer.
fn paying_party(payer: PayingPartyView) -> Option<CounterpartyView> {
    let PayingPartyView { name, document, ispb, bank_name } = payer;
    let named = name.zip(document);
    named.map(|(name, document)| CounterpartyView { name, document, ispb, bank_name })
}

fn of_credit(view: CreditView) -> TransactionView {
    TransactionView {
        id: TransactionRef::Credit(view.id),
        kind: TransactionType::Credit,
        status: TransactionStatus::Credit(view.status),
        direction: Direction::In,
        method: view.method.into(),
        amount_cents: view.amount_cents,
        currency: view.currency,
        fees_cents: view.fees_cents,
        returned_amount_cents: view.returned_at.map_or(0, |_| view.amount_cents),
        net_amount_cents: view.net_amount_cents,
        counterparty: paying_party(view.payer),
        charge_id: view.charge_id,
        description: None,
        reference: view.reference,
        end_to_end_id: view.end_to_end_id,
        failure: view.failure,
        paid_at: Some(view.paid_at),
        credited_at: view.credited_at,
        available_at: view.credited_at,
        rejected_at: None,
        cancelled_at: None,
        returned_at: view.returned_at,
        status_history: history(view.status_history, TransactionStatus::Credit),
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
            blocked_after_cents: entry.blocked_after_cents,
            occurred_at: entry.occurred_at,
        }
    }
}
