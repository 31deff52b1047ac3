//! A dispute as the API and its events show it.
use crate::dispute::{Dispute, DisputeAnswerView, DisputeKind, DisputeStatus, EvidenceView};
use crate::kernel::{BlockId, ChargeId, Currency, DisputeId, StatusChange};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

/// A dispute. Only the answer for one dispute has the words of the account, which can name people.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Dispute")]
pub struct DisputeView {
    /// Id of the dispute.
    pub id: DisputeId,
    /// Kind of the dispute.
    pub kind: DisputeKind,
    /// Status of the dispute.
    pub status: DisputeStatus,
    /// Charge of which the network demands money.
    pub charge_id: ChargeId,
    /// Balance block of the demand.
    pub block_id: BlockId,
    /// Id of the demand at the network.
    pub network_id: String,
    /// Reason of the network in one word.
    pub reason: String,
    /// Amount that the network demands, in cents.
    pub amount_cents: u64,
    /// Amount that the network took, in cents; it can still grow while the balance block is open.
    pub taken_cents: u64,
    /// Our fee, in cents. It stays taken if the dispute is won.
    pub fee_cents: u64,
    /// Currency; always `BRL`.
    pub currency: Currency,
    /// Time until which the demand can be contested; null if the network set none.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub respond_by: Option<Timestamp>,
    /// Files that the account announced, oldest first. Only those of the answer go to the network.
    pub evidence: Vec<EvidenceView>,
    /// Answer of the account; null if it has not answered.
    pub answer: Option<DisputeAnswerView>,
    /// Time at which the dispute opened.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub opened_at: Timestamp,
    /// Every status of the dispute, oldest first.
    pub status_history: Vec<StatusChange<DisputeStatus>>,
}

impl DisputeView {
    /// Returns the view with the words of the account and the names of its files, for a caller who asked for this dispute.
    pub fn full(dispute: &Dispute) -> Self {
        let mut view = Self::from(dispute);
        view.evidence = dispute.evidence.iter().map(EvidenceView::full).collect();
        let text = dispute.answer.as_ref().and_then(|answer| answer.text.clone());
        if let Some(answer) = &mut view.answer {
            answer.text = text;
        }
        view
    }
}

impl From<&Dispute> for DisputeView {
    fn from(dispute: &Dispute) -> Self {
        Self {
            id: dispute.id,
            kind: dispute.kind,
            status: dispute.status,
            charge_id: dispute.charge_id,
            block_id: dispute.block_id,
            network_id: dispute.network_id.clone(),
            reason: dispute.reason.clone(),
            amount_cents: dispute.amount_cents,
            taken_cents: dispute.taken_cents,
            fee_cents: dispute.fee_cents,
            currency: Currency::Brl,
            respond_by: dispute.respond_by,
            evidence: dispute.evidence.iter().map(EvidenceView::masked).collect(),
            answer: dispute.answer.as_ref().map(DisputeAnswerView::masked),
            opened_at: dispute.opened_at,
            status_history: dispute.status_history.clone(),
        }
    }
}
