//! Rows about requests: stored answers, callers' own ids, and turns at the books.

use std::fmt;

use domain::kernel::{AccountId, IntentId};
use domain::ledger::TransactionRef;
use jiff::Timestamp;
use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::TTL_GRACE;
use crate::item::items;
use crate::key::Key;

/// The stored answer of a request.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "IdempotencyRow")]
pub struct Idempotency {
    /// Account of the caller.
    #[serde(skip_serializing)]
    pub account_id: AccountId,
    /// Name of the operation.
    #[serde(skip_serializing)]
    pub operation: String,
    /// `Idempotency-Key` of the caller.
    #[serde(skip_serializing)]
    pub idempotency_key: String,
    /// SHA-256 of user, method, route, path values and canonical body.
    pub fingerprint: String,
    /// HTTP status of the answer.
    pub status: u16,
    /// Compressed body of the answer. It is sealed, because it can contain a secret that is shown once.
    pub sealed: SealedReply,
    /// Whether the request took a two-factor code; then its replay takes one too.
    pub with_code: bool,
    /// Time from which the key is free, even if the row still exists.
    #[serde(rename = "expires_ms", serialize_with = "milliseconds")]
    pub expires_at: Timestamp,
}

/// The sealed body of an answer.
#[derive(Debug, Clone)]
pub enum SealedReply {
    /// A compressed body, sealed as bytes.
    Bytes(Vec<u8>),
    /// A body as it is, sealed as text: rows from before bodies were compressed.
    Text(String),
}

impl Serialize for SealedReply {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Bytes(bytes) => serializer.serialize_bytes(bytes),
            Self::Text(text) => serializer.serialize_str(text),
        }
    }
}

impl<'de> Deserialize<'de> for SealedReply {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SealedVisitor)
    }
}

struct SealedVisitor;

impl Visitor<'_> for SealedVisitor {
    type Value = SealedReply;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("bytes or a text")
    }

    fn visit_bytes<E: serde::de::Error>(self, bytes: &[u8]) -> Result<SealedReply, E> {
        Ok(SealedReply::Bytes(bytes.to_vec()))
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<SealedReply, E> {
        Ok(SealedReply::Text(text.to_owned()))
    }
}

/// The attributes of a stored answer. What names it is only in its key.
#[derive(Deserialize)]
struct IdempotencyRow {
    pk: String,
    fingerprint: String,
    status: u16,
    #[serde(alias = "sealed_body")]
    sealed: SealedReply,
    #[serde(default)]
    with_code: bool,
    expires_ms: i64,
}

impl TryFrom<IdempotencyRow> for Idempotency {
    type Error = String;

    fn try_from(row: IdempotencyRow) -> Result<Self, String> {
        let IdempotencyRow { pk, fingerprint, status, sealed, with_code, expires_ms } = row;
        let named = Key::read_idempotency(&pk);
        let (account_id, operation, idempotency_key) =
            named.ok_or("the key is not that of a stored answer")?;
        let expires_at = Timestamp::from_millisecond(expires_ms).map_err(|it| it.to_string())?;
        Ok(Self {
            account_id,
            operation,
            idempotency_key,
            fingerprint,
            status,
            sealed,
            with_code,
            expires_at,
        })
    }
}

fn milliseconds<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_i64(at.as_millisecond())
}

/// The charge, payout or refund that owns a caller's reference, or a credit that was matched to it. Each
/// kind has references of its own.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Reference {
    /// Account of the caller.
    pub account_id: AccountId,
    /// Caller's own id.
    pub reference: String,
    /// Owner of the reference.
    pub holder: TransactionRef,
}

/// A request that waits for its turn at the books of its account (docs/adr/0035).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Intent {
    /// Account of the books.
    pub account_id: AccountId,
    /// Id; its time is the time of arrival.
    pub id: IntentId,
    /// Name of the operation or job.
    pub operation: String,
    /// The request. It is sealed, because it contains a credential. Absent if only the caller itself can
    /// carry the request out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sealed_request: Option<String>,
    /// Time from which its caller does not wait for it.
    pub expires_at: Timestamp,
}

/// Whose turn it is at the books of an account.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct BooksTurn {
    pub(crate) account_id: AccountId,
    /// Random text that changes whenever the turn is taken, renewed or released.
    pub(crate) lease: String,
    /// Intent of the holder. Absent if the turn is free.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) holder: Option<IntentId>,
    /// Name of the operation, or id of the intent, that the free turn is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next: Option<String>,
    pub(crate) changed_at: Timestamp,
}

items! {
    Intent {
        "intent",
        |it| Key::Intent(it.account_id, it.id),
        ends_at: Some(it.expires_at + TTL_GRACE)
    }
    BooksTurn { "turn", |it| Key::Turn(it.account_id), ends_at: Some(it.changed_at + TTL_GRACE) }
    Idempotency {
        "idempotency",
        |it| Key::Idempotency(it.account_id, it.operation.clone(), it.idempotency_key.clone()),
        ends_at: Some(it.expires_at + TTL_GRACE)
    }
    Reference { "reference", |it| reference_key(it) }
}

fn reference_key(row: &Reference) -> Key {
    let (account, reference) = (row.account_id, row.reference.clone());
    match row.holder {
        TransactionRef::Charge(_) => Key::ChargeReference(account, reference),
        TransactionRef::Payout(_) => Key::PayoutReference(account, reference),
        TransactionRef::Refund(_) => Key::RefundReference(account, reference),
        // Several credits may be matched to one reference, so none of them owns it.
        TransactionRef::Credit(id) => Key::CreditReference(account, reference, id),
        TransactionRef::Block(_) => unreachable!("a balance block has no reference"),
    }
}
