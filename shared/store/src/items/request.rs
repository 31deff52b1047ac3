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
    /// The account.
    pub account_id: AccountId,
    /// The operation.
    pub operation: String,
    /// The caller's key.
    pub idempotency_key: String,
    /// SHA-256 of user, method, route, path values and canonical body.
    pub fingerprint: String,
    /// Status of the answer.
    pub status: u16,
    /// Body of the answer, sealed: it can hold a secret that is shown once.
    pub sealed_body: String,
    /// From then on the key is free, whether the row is still there or not.
    pub expires_at: Timestamp,
}

/// Which charge, payout or refund holds a reference: of each kind one.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Reference {
    /// The account.
    pub account_id: AccountId,
    /// The caller's own id.
    pub reference: String,
    /// What holds it.
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
