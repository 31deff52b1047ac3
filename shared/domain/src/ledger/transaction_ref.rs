//! The transaction of a ledger entry or a hold: a charge, a payout, a refund, a credit or a balance
//! block.
use crate::kernel::{BlockId, ChargeId, CreditId, Error, Failure, Id, PayoutId, RefundId};
use crate::ledger::Counterparty;
use brazil::EndToEndId;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use std::fmt;
use ulid::Ulid;

/// A charge, payout, refund or credit: a transaction, in the words of the API. Serialised as its id. An
/// entry that moves money to or from the blocked balance can have a balance block in place of them; it
/// moves no statement balance, so the API shows no such entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum TransactionRef {
    /// A charge.
    Charge(ChargeId),
    /// A payout.
    Payout(PayoutId),
    /// A refund.
    Refund(RefundId),
    /// A credit.
    Credit(CreditId),
    /// A balance block.
    Block(BlockId),
}

/// Type of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TransactionType {
    /// A charge: money that a payer is asked to pay.
    Charge,
    /// A refund: money of a charge that goes back to the payer.
    Refund,
    /// A payout: money that the account sends.
    Payout,
    /// A credit: money of a payment that matched no charge.
    Credit,
}

impl TransactionType {
    /// All types.
    pub const ALL: &'static [Self] = &[Self::Charge, Self::Refund, Self::Payout, Self::Credit];

    /// Returns the start of the ids of this type.
    pub const fn id_prefix(self) -> &'static str {
        match self {
            Self::Charge => ChargeId::PREFIX,
            Self::Refund => RefundId::PREFIX,
            Self::Payout => PayoutId::PREFIX,
            Self::Credit => CreditId::PREFIX,
        }
    }
}

impl TransactionRef {
    /// Returns the type. Returns `None` for a balance block, which the API does not list as a transaction.
    pub const fn kind(self) -> Option<TransactionType> {
        match self {
            Self::Charge(_) => Some(TransactionType::Charge),
            Self::Refund(_) => Some(TransactionType::Refund),
            Self::Payout(_) => Some(TransactionType::Payout),
            Self::Credit(_) => Some(TransactionType::Credit),
            Self::Block(_) => None,
        }
    }

    /// Returns the ULID of the id.
    pub fn ulid(self) -> Ulid {
        match self {
            Self::Charge(id) => id.ulid(),
            Self::Payout(id) => id.ulid(),
            Self::Refund(id) => id.ulid(),
            Self::Credit(id) => id.ulid(),
            Self::Block(id) => id.ulid(),
        }
    }

    /// Returns a text that sorts by time of creation, also among objects of several types.
    pub fn sort_text(self) -> String {
        let prefix = self.kind().map_or(BlockId::PREFIX, TransactionType::id_prefix);
        format!("{}#{prefix}", self.ulid())
    }
}

impl fmt::Display for TransactionRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Charge(id) => id.fmt(f),
            Self::Payout(id) => id.fmt(f),
            Self::Refund(id) => id.fmt(f),
            Self::Credit(id) => id.fmt(f),
            Self::Block(id) => id.fmt(f),
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
            .or_else(|_| CreditId::parse(&text).map(Self::Credit))
            .or_else(|_| BlockId::parse(&text).map(Self::Block))
    }
}

impl JsonSchema for TransactionRef {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "TransactionId".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let prefixes =
            [ChargeId::PREFIX, PayoutId::PREFIX, RefundId::PREFIX, CreditId::PREFIX].join("|");
        let pattern = format!("^({prefixes})[0-7][0-9A-HJKMNP-TV-Z]{{25}}$");
        schemars::json_schema!({ "type": "string", "pattern": pattern })
    }
}

/// The data of the transaction that each entry of a movement copies. It is enough for a line of a
/// statement, so that a statement reads no transactions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryContext {
    /// Charge, payout, refund or credit.
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
    /// End-to-end id of the return, for money that goes or comes back.
    pub return_id: Option<EndToEndId>,
    /// Why the money did not move, or came back.
    pub failure: Option<Failure>,
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
            return_id: None,
            failure: None,
        }
    }
}
