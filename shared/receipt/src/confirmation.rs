//! The answer to a code: whether it is genuine, what it stood for, and what became of the transaction.

use domain::account::Stage;
use domain::kernel::Currency;
use domain::ledger::TransactionRef;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::code::ReceiptCode;
use crate::party::{Party, PartyBank};
use crate::receipt::{Receipt, ReceiptKind, ReceiptMethod, ReceiptState};
use crate::words;

/// Whether a code confirms a receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The code is genuine, and the transaction still has the state of the receipt.
    Confirmed,
    /// The code is genuine, and the transaction has another state now.
    Changed,
    /// The code is not one of this deployment: the receipt is false or was changed.
    NotConfirmed,
}

/// The answer to a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Confirmation {
    /// The code is genuine.
    Genuine {
        /// The receipt as it was issued, with names of today.
        issued: Box<Receipt>,
        /// The transaction as it is now.
        current: Box<Receipt>,
        /// Whether the claims of today are those that were signed.
        same_claims: bool,
    },
    /// The code confirms nothing.
    NotConfirmed,
}

impl Confirmation {
    /// Compares a genuine code with its transaction as it is now.
    pub fn of(code: &ReceiptCode, current: Receipt) -> Self {
        let issued = as_issued(&current, code);
        let same_claims = code.covers(&issued);
        Self::Genuine { issued: Box::new(issued), current: Box::new(current), same_claims }
    }

    /// Returns the verdict.
    pub fn verdict(&self) -> Verdict {
        match self {
            Self::Genuine { issued, current, .. } if has_changed(issued, current) => {
                Verdict::Changed
            }
            Self::Genuine { .. } => Verdict::Confirmed,
            Self::NotConfirmed => Verdict::NotConfirmed,
        }
    }
}

/// Returns the receipt as it was when the code was issued. What never changes stays as it is.
fn as_issued(current: &Receipt, code: &ReceiptCode) -> Receipt {
    Receipt {
        state: code.state,
        state_at: code.state_at,
        returned_amount_cents: code.returned_amount_cents,
        ..current.clone()
    }
}

fn has_changed(issued: &Receipt, current: &Receipt) -> bool {
    issued.state != current.state || issued.returned_amount_cents != current.returned_amount_cents
}

/// Answer to the code of a receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "ReceiptConfirmation")]
pub struct ConfirmationView {
    /// Whether the code confirms a receipt.
    pub verdict: Verdict,
    /// The verdict in Portuguese, for people.
    pub message: &'static str,
    /// What the receipt says; null if the code confirms nothing. Compare it with the receipt at hand.
    pub receipt: Option<ConfirmedReceipt>,
    /// State of the transaction now; null if the code confirms nothing.
    pub current: Option<CurrentState>,
}

/// What a genuine receipt says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ConfirmedReceipt {
    /// Kind of the transaction.
    pub kind: ReceiptKind,
    /// Id of the transaction.
    pub id: TransactionRef,
    /// Stage of the deployment; a receipt of the sandbox has no value.
    pub stage: Stage,
    /// Network that carries the money.
    pub method: ReceiptMethod,
    /// State on the receipt.
    pub state: ReceiptState,
    /// Time since which the transaction had that state.
    #[serde(serialize_with = "domain::kernel::milliseconds")]
    pub state_at: Timestamp,
    /// Amount in cents.
    pub amount_cents: u64,
    /// Currency; always `BRL`.
    pub currency: Currency,
    /// Total that had come back, in cents.
    pub returned_amount_cents: u64,
    /// Time of the payment, if the receipt says that it is paid.
    #[serde(serialize_with = "domain::kernel::milliseconds")]
    pub paid_at: Option<Timestamp>,
    /// Payer.
    pub payer: ConfirmedParty,
    /// Payee.
    pub payee: ConfirmedParty,
    /// End-to-end id of the Pix payment; of a refund the id of the return.
    pub end_to_end_id: Option<String>,
    /// Whether names, documents and ids are still those that were signed. False after an account got another
    /// name, or after Trilho learned the name of a payee.
    pub same_claims: bool,
}

/// Payer or payee of a confirmed receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ConfirmedParty {
    /// Name; null if Trilho does not know it.
    pub name: Option<String>,
    /// CPF as `***.456.789-**`, or the whole CNPJ.
    pub document: Option<String>,
    /// Institution; null if Trilho does not know it.
    pub bank: Option<PartyBank>,
}

/// State of the transaction now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CurrentState {
    /// State now.
    pub state: ReceiptState,
    /// The state in Portuguese, for people.
    pub state_text: &'static str,
    /// Time since which it has the state.
    #[serde(serialize_with = "domain::kernel::milliseconds")]
    pub state_at: Timestamp,
    /// Total that came back, in cents.
    pub returned_amount_cents: u64,
}

/// Returns the verdict in words.
pub(crate) fn message(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Confirmed => "Comprovante verdadeiro. Compare os dados abaixo com o documento.",
        Verdict::Changed => {
            "Comprovante verdadeiro, mas a situação mudou depois que ele foi emitido."
        }
        Verdict::NotConfirmed => {
            "Comprovante não confirmado. O código não foi emitido aqui ou foi alterado: não aceite \
             este documento."
        }
    }
}

impl From<&Confirmation> for ConfirmationView {
    fn from(confirmation: &Confirmation) -> Self {
        let verdict = confirmation.verdict();
        let message = message(verdict);
        let Confirmation::Genuine { issued, current, same_claims } = confirmation else {
            return Self { verdict, message, receipt: None, current: None };
        };
        let receipt = ConfirmedReceipt {
            kind: issued.kind(),
            id: issued.transaction.into(),
            stage: issued.stage,
            method: issued.method,
            state: issued.state,
            state_at: issued.state_at,
            amount_cents: issued.amount_cents,
            currency: Currency::Brl,
            returned_amount_cents: issued.returned_amount_cents,
            paid_at: issued.paid_at.filter(|_| issued.state.is_paid()),
            payer: ConfirmedParty::from(&issued.payer),
            payee: ConfirmedParty::from(&issued.payee),
            end_to_end_id: issued.end_to_end_id.clone(),
            same_claims: *same_claims,
        };
        let current = CurrentState {
            state: current.state,
            state_text: words::state(current.state),
            state_at: current.state_at,
            returned_amount_cents: current.returned_amount_cents,
        };
        Self { verdict, message, receipt: Some(receipt), current: Some(current) }
    }
}

impl From<&Party> for ConfirmedParty {
    fn from(party: &Party) -> Self {
        Self {
            name: party.name.clone(),
            document: party.document.clone(),
            bank: party.bank.clone(),
        }
    }
}

#[cfg(test)]
mod tests;
