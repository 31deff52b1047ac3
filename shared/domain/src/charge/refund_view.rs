//! A refund as the API and its events show it: a promise, apart from how it is stored.
use crate::charge::{Refund, RefundStatus};
use crate::kernel::{ChargeId, RefundId, StatusChange, UserId};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// A refund. It names nobody, so it is shown in lists as it is.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Refund")]
pub struct RefundView {
    /// Its id.
    pub id: RefundId,
    /// Where it stands.
    pub status: RefundStatus,
    /// The charge that is given back.
    pub charge_id: ChargeId,
    /// How it travels: the way its charge was paid; `pix`.
    pub method: &'static str,
    /// How much, in cents.
    pub amount_cents: u64,
    /// `BRL`.
    pub currency: &'static str,
    /// Why, in the caller's words.
    pub reason: Option<String>,
    /// The caller's own id.
    pub reference: Option<String>,
    /// The caller's own notes.
    pub metadata: BTreeMap<String, String>,
    /// The PIX payment that is given back.
    pub end_to_end_id: Option<String>,
    /// The return's own id in the network, once it is known.
    pub return_id: Option<String>,
    /// Since when it is not known whether the network took it. The money stays held and the network
    /// is asked; nothing has to be done.
    pub unconfirmed_since: Option<Timestamp>,
    /// Every state it was in.
    pub status_history: Vec<StatusChange<RefundStatus>>,
    /// When it was made.
    pub created_at: Timestamp,
    /// By whom.
    pub created_by: UserId,
}

impl From<&Refund> for RefundView {
    fn from(refund: &Refund) -> Self {
        let submission = &refund.submission;
        Self {
            id: refund.id,
            status: refund.status,
            charge_id: refund.charge_id,
            method: refund.method.as_str(),
            amount_cents: refund.amount_cents,
            currency: "BRL",
            reason: refund.reason.clone(),
            reference: refund.reference.clone(),
            metadata: refund.metadata.clone(),
            end_to_end_id: submission.end_to_end_id.as_ref().map(ToString::to_string),
            return_id: refund.return_id.as_ref().map(ToString::to_string),
            unconfirmed_since: submission.unknown_since,
            status_history: refund.status_history.clone(),
            created_at: refund.created_at,
            created_by: refund.created_by,
        }
    }
}
