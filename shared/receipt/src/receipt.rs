//! A receipt: one payout, charge or refund at one moment, and the claims that its signature covers.

use domain::account::Stage;
use domain::kernel::{AccountId, ChargeId};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::party::Party;
use crate::subject::ReceiptSubject;

/// Version of the claims.
const CLAIMS_VERSION: u8 = 1;

/// Kind of the transaction on a receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReceiptKind {
    /// Money that the account sends.
    Payout,
    /// Money that the account receives.
    Charge,
    /// Money of a charge that goes back to its payer.
    Refund,
}

/// Network that carries the money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReceiptMethod {
    /// Pix.
    Pix,
    /// TED.
    Ted,
    /// Boleto.
    Boleto,
    /// Card.
    Card,
}

/// State of the transaction on a receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReceiptState {
    /// No money moves yet and no time is set; there is no receipt.
    Waiting,
    /// The transaction goes out at a later time ("agendamento").
    Scheduled,
    /// The network is processing the transaction.
    Processing,
    /// The payer paid, and the network holds the money for review.
    InReview,
    /// The payee has the money.
    Paid,
    /// The payee had the money, and a part came back.
    PartlyReturned,
    /// The payee had the money, and the whole amount came back.
    Returned,
    /// The transaction ended without payment; there is no receipt.
    NotMade,
}

impl ReceiptState {
    /// Every state. The position is the byte of the state in a code, so the order must not change.
    pub const ALL: [Self; 8] = [
        Self::Waiting,
        Self::Scheduled,
        Self::Processing,
        Self::InReview,
        Self::Paid,
        Self::PartlyReturned,
        Self::Returned,
        Self::NotMade,
    ];

    /// Returns the state after payment by what came back.
    pub fn after_payment(amount_cents: u64, returned_amount_cents: u64) -> Self {
        match returned_amount_cents {
            0 => Self::Paid,
            part if part < amount_cents => Self::PartlyReturned,
            _ => Self::Returned,
        }
    }

    /// Returns true if a receipt of this state is issued.
    pub fn has_receipt(self) -> bool {
        !matches!(self, Self::Waiting | Self::NotMade)
    }

    /// Returns true if the payee has or had the money.
    pub fn is_paid(self) -> bool {
        matches!(self, Self::Paid | Self::PartlyReturned | Self::Returned)
    }
}

/// A payout, charge or refund with everything that its receipt shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The transaction.
    pub transaction: ReceiptSubject,
    /// Account that sent, received or refunded the money.
    pub account_id: AccountId,
    /// Stage of the deployment: a receipt of the sandbox says that it has no value.
    pub stage: Stage,
    /// Network that carries the money.
    pub method: ReceiptMethod,
    /// State of the transaction.
    pub state: ReceiptState,
    /// Time since which the transaction has the state.
    pub state_at: Timestamp,
    /// Amount in cents.
    pub amount_cents: u64,
    /// Total that came back, in cents.
    pub returned_amount_cents: u64,
    /// Time of the payment, once it is paid.
    pub paid_at: Option<Timestamp>,
    /// Time at which a scheduled transaction goes out.
    pub scheduled_for: Option<Timestamp>,
    /// Payer.
    pub payer: Party,
    /// Payee.
    pub payee: Party,
    /// Id of the payment or return in the network.
    pub end_to_end_id: Option<String>,
    /// For a refund, the id of the payment that is refunded.
    pub original_end_to_end_id: Option<String>,
    /// Id of a charge in the network.
    pub txid: Option<String>,
    /// For a refund, the id of its charge.
    pub charge_id: Option<ChargeId>,
    /// Caller's own id.
    pub reference: Option<String>,
    /// Description that payer or payee sees.
    pub description: Option<String>,
}

/// The claims of a receipt: what the signature covers, in the order in which they are written.
#[derive(Serialize)]
struct ReceiptClaims<'a> {
    version: u8,
    stage: Stage,
    id: String,
    kind: ReceiptKind,
    method: ReceiptMethod,
    state: ReceiptState,
    state_at_ms: i64,
    amount_cents: u64,
    returned_amount_cents: u64,
    paid_at_ms: Option<i64>,
    end_to_end_id: Option<&'a str>,
    payer: PartyClaims<'a>,
    payee: PartyClaims<'a>,
}

#[derive(Serialize)]
struct PartyClaims<'a> {
    name: Option<&'a str>,
    document: Option<&'a str>,
}

impl<'a> From<&'a Party> for PartyClaims<'a> {
    fn from(party: &'a Party) -> Self {
        Self { name: party.name.as_deref(), document: party.document.as_deref() }
    }
}

impl Receipt {
    /// Returns the kind of the transaction.
    pub fn kind(&self) -> ReceiptKind {
        match self.transaction {
            ReceiptSubject::Payout(_) => ReceiptKind::Payout,
            ReceiptSubject::Charge(_) => ReceiptKind::Charge,
            ReceiptSubject::Refund(_) => ReceiptKind::Refund,
        }
    }

    /// Returns the claims as one line of JSON. The signature covers these bytes, so equal receipts have
    /// equal claims.
    pub fn claims(&self) -> String {
        // Before the end, the network can still give another id or none.
        let is_settled = self.state.is_paid() || self.state == ReceiptState::InReview;
        let claims = ReceiptClaims {
            version: CLAIMS_VERSION,
            stage: self.stage,
            id: self.transaction.to_string(),
            kind: self.kind(),
            method: self.method,
            state: self.state,
            state_at_ms: self.state_at.as_millisecond(),
            amount_cents: self.amount_cents,
            returned_amount_cents: self.returned_amount_cents,
            paid_at_ms: self.paid_at.filter(|_| self.state.is_paid()).map(|at| at.as_millisecond()),
            end_to_end_id: self.end_to_end_id.as_deref().filter(|_| is_settled),
            payer: (&self.payer).into(),
            payee: (&self.payee).into(),
        };
        serde_json::to_string(&claims).expect("claims have string keys and no floats")
    }
}
