//! What a receipt is about.
use domain::kernel::{ChargeId, PayoutId, RefundId};
use domain::ledger::TransactionRef;
use std::fmt;

/// The transaction of a receipt. Other transactions, such as credits, have no receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReceiptSubject {
    /// A payout.
    Payout(PayoutId),
    /// A charge.
    Charge(ChargeId),
    /// A refund.
    Refund(RefundId),
}

impl From<ReceiptSubject> for TransactionRef {
    fn from(subject: ReceiptSubject) -> Self {
        match subject {
            ReceiptSubject::Payout(id) => Self::Payout(id),
            ReceiptSubject::Charge(id) => Self::Charge(id),
            ReceiptSubject::Refund(id) => Self::Refund(id),
        }
    }
}

impl fmt::Display for ReceiptSubject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        TransactionRef::from(*self).fmt(f)
    }
}
