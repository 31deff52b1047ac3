//! A credit as the API and its events show it. This form is a promise to callers, so it is apart from
//! the stored form.
use crate::credit::{ChargeSuggestion, Credit, CreditReason, CreditStatus, CreditStep};
use crate::kernel::{
    ChargeId, CreditId, Currency, FailureView, MethodKind, PaymentId, StatusChange, UserId,
    entered_at,
};
use crate::payment::PayingPartyView;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

/// A credit: money of a payment that matched no charge.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Credit")]
pub struct CreditView {
    /// Id of the credit.
    pub id: CreditId,
    /// Status of the credit.
    pub status: CreditStatus,
    /// Reason why the payment matched no charge.
    pub reason: CreditReason,
    /// Payment of the credit.
    pub payment_id: PaymentId,
    /// Method of the payment.
    pub method: MethodKind,
    /// Amount of the payment, in cents.
    pub amount_cents: u64,
    /// Currency; always `BRL`.
    pub currency: Currency,
    /// Fee of a credit that was kept or matched to a reference, in cents. If it was matched to a
    /// charge, the charge has the fee.
    pub fees_cents: u64,
    /// What the credit brought to the balance, in cents: its amount less the fee. Null until it is kept or
    /// matched to a reference. If it was matched to a charge, the charge has the net amount.
    pub net_amount_cents: Option<u64>,
    /// Who paid, as far as the network said it.
    pub payer: PayingPartyView,
    /// End-to-end id of the payment.
    pub end_to_end_id: Option<String>,
    /// Txid that the payer's bank named.
    pub txid: Option<String>,
    /// Charge of the account that has this txid; null if there is none.
    pub named_charge_id: Option<ChargeId>,
    /// Charge that the payment was matched to.
    pub charge_id: Option<ChargeId>,
    /// Caller's own id that the payment was matched to.
    pub reference: Option<String>,
    /// Reason of the last return that the payer sees.
    pub return_reason: Option<String>,
    /// End-to-end id of the return in the network; null until the network reports it.
    pub return_id: Option<String>,
    /// Time at which Trilho returns the credit by the rule of the account; null if a person decides.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub returns_at: Option<Timestamp>,
    /// Time from which the network accepts no return.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub returnable_until: Option<Timestamp>,
    /// Time since which the network has not confirmed the return. Trilho queries the network; you do
    /// nothing.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub unconfirmed_since: Option<Timestamp>,
    /// Why the network rejected the last return; null if it rejected none.
    pub failure: Option<FailureView>,
    /// Charges that the credit may belong to, the most likely first; only `GET /v1/credits/{id}` looks
    /// for them.
    pub suggestions: Vec<ChargeSuggestion>,
    /// User who decided last; null before a decision, and if the rule of the account decided.
    pub decided_by: Option<UserId>,
    /// Every status of the credit, oldest first.
    pub status_history: Vec<StatusChange<CreditStatus>>,
    /// Time of the payment at the network.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub paid_at: Timestamp,
    /// Time at which the money came into the available balance, because the credit was kept or matched to
    /// a reference. If it was matched to a charge, the charge has the time.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub credited_at: Option<Timestamp>,
    /// Time at which the network confirmed that the payer has the money back.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub returned_at: Option<Timestamp>,
    /// Time at which the payment arrived.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub created_at: Timestamp,
}

impl From<&Credit> for CreditView {
    fn from(credit: &Credit) -> Self {
        let (report, last) = (&credit.report, credit.last_return.as_ref());
        let returns = credit.due.as_ref().filter(|due| due.step == CreditStep::Return);
        let at = |status| entered_at(&credit.status_history, status);
        // A charge counts its own money.
        let matched_at = at(CreditStatus::Matched).filter(|_| credit.charge_id().is_none());
        let credited_at = at(CreditStatus::Kept).or(matched_at);
        let net_cents = report.amount_cents.saturating_sub(credit.fees_cents);
        Self {
            id: credit.id,
            status: credit.status,
            reason: credit.reason,
            payment_id: credit.payment_id,
            method: report.method,
            amount_cents: report.amount_cents,
            currency: Currency::Brl,
            fees_cents: credit.fees_cents,
            net_amount_cents: credited_at.map(|_| net_cents),
            payer: PayingPartyView::from(&report.payer),
            end_to_end_id: report.end_to_end_id().map(|id| id.to_string()),
            txid: report.txid.clone(),
            named_charge_id: credit.named_charge_id,
            charge_id: credit.charge_id(),
            reference: credit.reference().cloned(),
            return_reason: last.and_then(|last| last.reason.clone()),
            return_id: last.and_then(|last| last.return_id.as_ref()).map(ToString::to_string),
            returns_at: returns.map(|due| due.at),
            returnable_until: credit.return_window_ends_at(),
            unconfirmed_since: last.and_then(|last| last.submission.unconfirmed_since),
            failure: last.and_then(|last| last.failure.as_ref()).map(FailureView::of_refund),
            suggestions: Vec::new(),
            decided_by: credit.decided_by,
            status_history: credit.status_history.clone(),
            paid_at: report.paid_at,
            credited_at,
            returned_at: at(CreditStatus::Returned),
            created_at: credit.created_at,
        }
    }
}

impl CreditView {
    /// Returns the view for lists, which masks the CPF of the payer.
    pub fn masked(credit: &Credit) -> Self {
        Self { payer: PayingPartyView::masked(&credit.report.payer), ..Self::from(credit) }
    }
}
