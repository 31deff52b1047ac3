//! Rows about requests: stored answers and callers' own ids.

use domain::kernel::AccountId;
use domain::ledger::TransactionRef;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::TTL_GRACE;
use crate::item::items;
use crate::key::Key;

/// The stored answer of a request.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Idempotency {
    /// Account of the caller.
    pub account_id: AccountId,
    /// Name of the operation.
    pub operation: String,
    /// `Idempotency-Key` of the caller.
    pub idempotency_key: String,
    /// SHA-256 of user, method, route, path values and canonical body.
    pub fingerprint: String,
    /// HTTP status of the answer.
    pub status: u16,
    /// Body of the answer. It is sealed, because it can contain a secret that is shown once.
    pub sealed_body: String,
    /// Whether the request took a two-factor code; then its replay takes one too.
    #[serde(default)]
    pub with_code: bool,
    /// Time from which the key is free, even if the row still exists.
    pub expires_at: Timestamp,
}

/// The charge, payout or refund that owns a caller's reference. Each kind has references of its
/// own.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Reference {
    /// Account of the caller.
    pub account_id: AccountId,
    /// Caller's own id.
    pub reference: String,
    /// Owner of the reference.
    pub holder: TransactionRef,
}

items! {
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
    }
}
