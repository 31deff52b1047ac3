//! A receipt as JSON.

use domain::account::Stage;
use domain::kernel::{ChargeId, Currency};
use domain::ledger::TransactionRef;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::format::local_rfc3339;
use crate::issued::IssuedReceipt;
use crate::party::Party;
use crate::receipt::{ReceiptKind, ReceiptMethod, ReceiptState};
use crate::words;

/// Receipt of a payout, charge or refund.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "Receipt")]
pub struct ReceiptView {
    /// Kind of the transaction.
    pub kind: ReceiptKind,
    /// Id of the transaction.
    pub id: TransactionRef,
    /// Stage of the deployment; a receipt of the sandbox has no value.
    pub stage: Stage,
    /// State of the transaction.
    pub state: ReceiptState,
    /// Title of the receipt in Portuguese; of a scheduled Pix it is `Agendamento Pix`.
    pub title: String,
    /// State in the words of a payer, in Portuguese.
    pub state_text: &'static str,
    /// Time since which the transaction has the state.
    #[serde(serialize_with = "domain::kernel::milliseconds")]
    pub state_at: Timestamp,
    /// Network that carries the money.
    pub method: ReceiptMethod,
    /// Amount in cents.
    pub amount_cents: u64,
    /// Currency; always `BRL`.
    pub currency: Currency,
    /// Total that came back, in cents.
    pub returned_amount_cents: u64,
    /// Time of the payment; null until it is paid.
    #[serde(serialize_with = "domain::kernel::milliseconds")]
    pub paid_at: Option<Timestamp>,
    /// Time of the payment in São Paulo, with its offset.
    #[schemars(extend("format" = "date-time"))]
    pub paid_at_local: Option<String>,
    /// Time at which a scheduled transaction goes out.
    #[serde(serialize_with = "domain::kernel::milliseconds")]
    pub scheduled_for: Option<Timestamp>,
    /// Time at which a scheduled transaction goes out, in São Paulo, with its offset.
    #[schemars(extend("format" = "date-time"))]
    pub scheduled_for_local: Option<String>,
    /// Payer.
    pub payer: Party,
    /// Payee.
    pub payee: Party,
    /// End-to-end id of the Pix payment; of a refund the id of the return.
    pub end_to_end_id: Option<String>,
    /// Of a refund, the end-to-end id of the payment that is refunded.
    pub original_end_to_end_id: Option<String>,
    /// Of a charge, its id in the network.
    pub txid: Option<String>,
    /// Of a refund, the id of its charge.
    pub charge_id: Option<ChargeId>,
    /// Caller's own id.
    pub reference: Option<String>,
    /// Description that payer or payee sees.
    pub description: Option<String>,
    /// Signed code that confirms the receipt.
    pub proof: ReceiptProof,
}

/// Proof that a receipt is genuine. docs/receipts.md explains how to check it without Trilho.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ReceiptProof {
    /// Code of the receipt: bytes in base64url, of which the last 64 are an Ed25519 signature over the rest.
    #[schemars(regex(pattern = "^[A-Za-z0-9_-]{202}$"))]
    pub code: String,
    /// Public page that confirms the code and shows the present state.
    pub url: String,
    /// Version of the key; the `kid` of its public key in `GET /receipt-keys`.
    pub key_id: String,
    /// Text of which the code has the SHA-256 before the signature.
    pub claims: String,
}

impl From<&IssuedReceipt> for ReceiptView {
    fn from(issued: &IssuedReceipt) -> Self {
        let receipt = &issued.receipt;
        let shown = receipt.clone();
        Self {
            kind: receipt.kind(),
            id: receipt.transaction.into(),
            stage: receipt.stage,
            state: receipt.state,
            title: words::title(receipt),
            state_text: words::state(receipt.state),
            state_at: receipt.state_at,
            method: receipt.method,
            amount_cents: receipt.amount_cents,
            currency: Currency::Brl,
            returned_amount_cents: receipt.returned_amount_cents,
            paid_at: receipt.paid_at,
            paid_at_local: receipt.paid_at.map(local_rfc3339),
            scheduled_for: receipt.scheduled_for,
            scheduled_for_local: receipt.scheduled_for.map(local_rfc3339),
            payer: shown.payer,
            payee: shown.payee,
            end_to_end_id: shown.end_to_end_id,
            original_end_to_end_id: shown.original_end_to_end_id,
            txid: shown.txid,
            charge_id: shown.charge_id,
            reference: shown.reference,
            description: shown.description,
            proof: ReceiptProof {
                code: issued.code.clone(),
                url: issued.url.clone(),
                key_id: issued.key_version.to_string(),
                claims: receipt.claims(),
            },
        }
    }
}
