//! The payment of a charge, as the charge shows it.
use crate::kernel::{MethodKind, PaymentId};
use crate::payment::{PaymentReport, ReportedPayer};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The payment that paid a charge: who really paid, how much and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChargePayment {
    /// Id of the payment.
    pub id: PaymentId,
    /// Method of the payment. A charge by boleto can be paid by Pix.
    #[serde(default = "pix", skip_serializing_if = "is_pix")]
    pub method: MethodKind,
    /// Amount in cents.
    pub amount_cents: u64,
    /// Time of the payment at the network.
    pub paid_at: Timestamp,
    /// Who paid, as far as the network said it.
    pub payer: ReportedPayer,
}

impl ChargePayment {
    /// Returns the payment of a report.
    pub(super) fn of(id: PaymentId, report: &PaymentReport) -> Self {
        let PaymentReport { method, amount_cents, paid_at, payer, .. } = report;
        let payer = payer.clone();
        Self { id, method: *method, amount_cents: *amount_cents, paid_at: *paid_at, payer }
    }
}

/// The method of every payment before there was another.
const fn pix() -> MethodKind {
    MethodKind::Pix
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
const fn is_pix(method: &MethodKind) -> bool {
    matches!(method, MethodKind::Pix)
}
