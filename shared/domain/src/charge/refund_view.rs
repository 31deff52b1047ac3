//! A refund as the API and its events show it. This form is a promise to callers, so it is apart
//! from the stored form.
use crate::charge::{Refund, RefundStatus, RefundStep, RefundUpdate};
use crate::kernel::{
    ChargeId, Currency, FailureView, MethodKind, RefundId, StatusChange, UserId, entered_at,
};
use crate::network::RecipientView;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// A refund. It has only the masked document of the payer, so lists show it in full.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Refund")]
pub struct RefundView {
    /// Id of the refund.
    pub id: RefundId,
    /// Status of the refund.
    pub status: RefundStatus,
    /// Charge that the refund belongs to.
    pub charge_id: ChargeId,
    /// Payment method, as for the charge.
    pub method: MethodKind,
    /// Amount of the refund, in cents.
    pub amount_cents: u64,
    /// What the refund takes from the balance, in cents: its amount, or 0 if it was rejected.
    pub net_amount_cents: u64,
    /// Currency; always `BRL`.
    pub currency: Currency,
    /// Recipient: the payer of the charge.
    pub recipient: Option<RecipientView>,
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
    /// Why the network rejected the refund; null if it did not.
    pub failure: Option<FailureView>,
    /// Time at which the payer received the money.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub paid_at: Option<Timestamp>,
    /// Time at which the refund was rejected.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub rejected_at: Option<Timestamp>,
    /// Time from which the payer can use the money: `paid_at`, or the time that the network announced.
    /// Null if neither is known.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub available_at: Option<Timestamp>,
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
        let at = |status| entered_at(&refund.status_history, status);
        let (paid_at, rejected_at) = (at(RefundStatus::Paid), at(RefundStatus::Rejected));
        Self {
            id: refund.id,
            status: refund.status,
            charge_id: refund.charge_id,
            method: refund.method,
            amount_cents: refund.amount_cents,
            net_amount_cents: if rejected_at.is_some() { 0 } else { refund.amount_cents },
            currency: Currency::Brl,
            recipient: refund.counterparty.as_ref().map(RecipientView::from),
            reason: refund.reason.clone(),
            reference: refund.reference.clone(),
            metadata: refund.metadata.clone(),
            end_to_end_id: submission.end_to_end_id.as_ref().map(ToString::to_string),
            return_id: refund.return_id.as_ref().map(ToString::to_string),
            unconfirmed_since: submission.unconfirmed_since,
            failure: refund.failure.as_ref().map(FailureView::of_refund),
            paid_at,
            rejected_at,
            available_at: paid_at.or_else(|| refund.announced_payment()),
            status_history: refund.status_history.clone(),
            created_at: refund.created_at,
            created_by: refund.created_by,
        }
    }
}

impl Refund {
    /// Returns the time at which the payer will have the money, if the network announced it.
    fn announced_payment(&self) -> Option<Timestamp> {
        let due = self.due.as_ref()?;
        let is_payment =
            matches!(&due.step, RefundStep::ApplyUpdate { update: RefundUpdate::Settled { .. } });
        is_payment.then_some(due.at)
    }
}
