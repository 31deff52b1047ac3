//! Instalments as the API shows them.
use crate::kernel::ChargeId;
use crate::receivable::{Receivable, ReceivableRecord, ReceivableStatus};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

/// One instalment of a sale by card.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Receivable")]
pub struct ReceivableView {
    /// Number of the instalment, from 1.
    pub number: u8,
    /// Amount of the instalment, in cents.
    pub amount_cents: u64,
    /// Part that refunds took before it was credited, in cents.
    pub refunded_amount_cents: u64,
    /// Fee of the instalment, in cents.
    pub fees_cents: u64,
    /// Fee of the early payment, in cents; 0 without one.
    pub anticipation_fee_cents: u64,
    /// Time at which the acquirer would have paid it without the early payment; null without one.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub agreed_settles_at: Option<Timestamp>,
    /// Time at which the acquirer pays it: a business day.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub settles_at: Timestamp,
    /// Time at which its money became available; null until then.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub credited_at: Option<Timestamp>,
}

impl From<&Receivable> for ReceivableView {
    fn from(receivable: &Receivable) -> Self {
        let Receivable {
            number,
            amount_cents,
            fee_cents: _,
            taken_fee_cents: _,
            refunded_cents,
            settles_at,
            credited_at,
            ref anticipation,
        } = *receivable;
        let fees = receivable.fees();
        Self {
            number,
            amount_cents,
            refunded_amount_cents: refunded_cents,
            anticipation_fee_cents: fees.early_cents,
            agreed_settles_at: anticipation.as_ref().map(|early| early.agreed_settles_at),
            fees_cents: fees.charge_cents,
            settles_at,
            credited_at,
        }
    }
}

/// One instalment of a sale by card, with its charge.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ReceivableRecord")]
pub struct ReceivableRecordView {
    /// Charge of the instalment.
    pub charge_id: ChargeId,
    /// Caller's own id of the charge.
    pub reference: Option<String>,
    /// Number of instalments of the charge.
    pub installments: u8,
    /// Status of the instalment.
    pub status: ReceivableStatus,
    /// The instalment.
    #[serde(flatten)]
    pub receivable: ReceivableView,
    /// Amount without refunds and fees, in cents: what becomes available.
    pub net_amount_cents: u64,
}

impl From<&ReceivableRecord> for ReceivableRecordView {
    fn from(record: &ReceivableRecord) -> Self {
        let receivable = ReceivableView::from(&record.receivable);
        let minus = [
            receivable.refunded_amount_cents,
            receivable.fees_cents,
            receivable.anticipation_fee_cents,
        ];
        Self {
            charge_id: record.charge_id,
            reference: record.reference.clone(),
            installments: record.installments,
            status: record.status,
            net_amount_cents: minus.into_iter().fold(receivable.amount_cents, u64::saturating_sub),
            receivable,
        }
    }
}
