//! The transaction of a ledger entry or a hold: a charge, a payout or a refund.
use crate::kernel::{ChargeId, Error, Id, PayoutId, RefundId};
use crate::ledger::Counterparty;
use brazil::EndToEndId;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A charge, payout or refund: a transaction, in the words of the API. Serialised as its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum TransactionRef {
    /// A charge.
    Charge(ChargeId),
    /// A payout.
    Payout(PayoutId),
    /// A refund.
    Refund(RefundId),
}

impl fmt::Display for TransactionRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Charge(id) => id.fmt(f),
            Self::Payout(id) => id.fmt(f),
            Self::Refund(id) => id.fmt(f),
        }
    }
}

impl From<TransactionRef> for String {
    fn from(transaction: TransactionRef) -> Self {
        transaction.to_string()
    }
}

impl TryFrom<String> for TransactionRef {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        ChargeId::parse(&text)
            .map(Self::Charge)
            .or_else(|_| PayoutId::parse(&text).map(Self::Payout))
            .or_else(|_| RefundId::parse(&text).map(Self::Refund))
    }
}

impl JsonSchema for TransactionRef {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "TransactionId".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let prefixes = [ChargeId::PREFIX, PayoutId::PREFIX, RefundId::PREFIX].join("|");
        let pattern = format!("^({prefixes})[0-7][0-9A-HJKMNP-TV-Z]{{25}}$");
        schemars::json_schema!({ "type": "string", "pattern": pattern })
    }
}

/// The data of the transaction that each entry of a movement copies. It is enough for a line of a
/// statement, so that a statement reads no transactions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryContext {
    /// Charge, payout or refund.
    pub transaction: TransactionRef,
    /// Caller's own id of the transaction.
    pub reference: Option<String>,
    /// Description of the caller.
    pub description: Option<String>,
    /// End-to-end id of the payment, once it has one.
    pub end_to_end_id: Option<EndToEndId>,
    /// Payer or beneficiary.
    pub counterparty: Option<Counterparty>,
    /// Charge of a refund.
    pub charge_id: Option<ChargeId>,
}

impl From<TransactionRef> for EntryContext {
    fn from(transaction: TransactionRef) -> Self {
        Self {
            transaction,
            reference: None,
            description: None,
            end_to_end_id: None,
            counterparty: None,
            charge_id: None,
        }
    }
}
