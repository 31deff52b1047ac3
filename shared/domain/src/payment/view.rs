//! A payment as the API shows it.
use crate::kernel::{ChargeId, CreditId, Currency, DocumentView, MethodKind, PaymentId};
use crate::ledger::TransactionRef;
use crate::payment::{Payment, ReportedPayer};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

/// Who paid, as far as the network said it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "PayingParty")]
pub struct PayingPartyView {
    /// Name of the payer.
    pub name: Option<String>,
    /// CPF or CNPJ of the payer; lists mask a CPF.
    pub document: Option<DocumentView>,
    /// ISPB of the payer's institution.
    pub ispb: Option<String>,
    /// Name of the payer's institution.
    pub bank_name: Option<String>,
}

impl From<&ReportedPayer> for PayingPartyView {
    fn from(payer: &ReportedPayer) -> Self {
        let ReportedPayer { name, document, ispb, bank_name } = payer.clone();
        Self { name, document: document.as_ref().map(DocumentView::from), ispb, bank_name }
    }
}

impl PayingPartyView {
    /// Returns the form for lists, which masks a CPF.
    pub fn masked(payer: &ReportedPayer) -> Self {
        let document = payer.document.as_ref().map(DocumentView::masked);
        Self { document, ..Self::from(payer) }
    }
}

/// A payment that the network reported.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Payment")]
pub struct PaymentView {
    /// Id of the payment.
    pub id: PaymentId,
    /// Method of the payment.
    pub method: MethodKind,
    /// Amount of the payment, in cents.
    pub amount_cents: u64,
    /// Currency; always `BRL`.
    pub currency: Currency,
    /// End-to-end id of the payment.
    pub end_to_end_id: Option<String>,
    /// Txid that the payer's bank named.
    pub txid: Option<String>,
    /// Who paid, as far as the network said it.
    pub payer: PayingPartyView,
    /// Reason codes of the network, as it wrote them.
    pub reason_codes: Vec<String>,
    /// Charge that the payment paid; null if it became a credit.
    pub charge_id: Option<ChargeId>,
    /// Credit that the payment became; null if it paid a charge.
    pub credit_id: Option<CreditId>,
    /// Time of the payment at the network.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub paid_at: Timestamp,
    /// Time at which Trilho posted the payment.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub created_at: Timestamp,
}

impl From<&Payment> for PaymentView {
    fn from(payment: &Payment) -> Self {
        let report = &payment.report;
        let (charge_id, credit_id) = match payment.posted_to {
            TransactionRef::Charge(id) => (Some(id), None),
            TransactionRef::Credit(id) => (None, Some(id)),
            TransactionRef::Payout(_) | TransactionRef::Refund(_) | TransactionRef::Block(_) => {
                (None, None)
            }
        };
        Self {
            id: payment.id,
            method: report.method,
            amount_cents: report.amount_cents,
            currency: Currency::Brl,
            end_to_end_id: report.end_to_end_id().map(|id| id.to_string()),
            txid: report.txid.clone(),
            payer: PayingPartyView::from(&report.payer),
            reason_codes: report.reason_codes.clone(),
            charge_id,
            credit_id,
            paid_at: report.paid_at,
            created_at: payment.created_at,
        }
    }
}

impl PaymentView {
    /// Returns the view for lists, which masks the CPF of the payer.
    pub fn masked(payment: &Payment) -> Self {
        Self { payer: PayingPartyView::masked(&payment.report.payer), ..Self::from(payment) }
    }
}
