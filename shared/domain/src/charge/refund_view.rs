//! A refund as the API and its events show it. This form is a promise to callers, so it is apart
//! from the stored form.
use crate::charge::{Refund, RefundStatus};
use crate::kernel::{
    ChargeId, Currency, MethodKind, OfferedMethod, RefundId, StatusChange, UserId,
};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// A refund. It has no data of the payer, so lists show it in full.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Refund")]
pub struct RefundView {
    /// Id of the refund.
    pub id: RefundId,
    /// Status of the refund.
    pub status: RefundStatus,
    /// Charge that the refund belongs to.
    pub charge_id: ChargeId,
    /// Payment method, as for the charge; always `pix`.
    #[schemars(with = "OfferedMethod")]
    pub method: MethodKind,
    /// Amount of the refund, in cents.
    pub amount_cents: u64,
    /// Currency; always `BRL`.
    pub currency: Currency,
    /// Reason that the caller gave.
    pub reason: Option<String>,
    /// Caller's own id of the refund.
    pub reference: Option<String>,
    /// Notes of the caller.
    pub metadata: BTreeMap<String, String>,
    /// End-to-end id of the refunded Pix payment.
    pub end_to_end_id: Option<String>,
    /// End-to-end id of the return in the network; null until the network reports it.
    pub return_id: Option<String>,
    /// Time since which the network has not confirmed the order. The money stays held and Trilho
    /// queries the network; you do nothing.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub unconfirmed_since: Option<Timestamp>,
    /// Every status of the refund, oldest first.
    pub status_history: Vec<StatusChange<RefundStatus>>,
    /// Time at which the refund was created.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub created_at: Timestamp,
    /// User who created the refund.
    pub created_by: UserId,
}

impl From<&Refund> for RefundView {
    fn from(refund: &Refund) -> Self {
        let submission = &refund.submission;
        Self {
            id: refund.id,
            status: refund.status,
            charge_id: refund.charge_id,
            method: refund.method,
            amount_cents: refund.amount_cents,
            currency: Currency::Brl,
            reason: refund.reason.clone(),
            reference: refund.reference.clone(),
            metadata: refund.metadata.clone(),
            end_to_end_id: submission.end_to_end_id.as_ref().map(ToString::to_string),
            return_id: refund.return_id.as_ref().map(ToString::to_string),
            unconfirmed_since: submission.unconfirmed_since,
            status_history: refund.status_history.clone(),
            created_at: refund.created_at,
            created_by: refund.created_by,
        }
    }
}
