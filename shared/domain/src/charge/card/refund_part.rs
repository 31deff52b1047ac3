//! What a refund in process took from an instalment of a sale.
use crate::kernel::RefundId;
use serde::{Deserialize, Serialize};

/// What a refund in process took from an instalment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundPart {
    /// Refund that took it.
    pub refund_id: RefundId,
    /// Number of the instalment.
    pub number: u8,
    /// Amount in cents.
    pub amount_cents: u64,
}
