//! What a payment network reports about a charge.
use crate::kernel::Failure;
use crate::payment::{NetworkPaymentId, PaymentReport};
use serde::{Deserialize, Serialize};

/// A fact that a rail reports about a charge. It names no method and no rail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ChargeUpdate {
    /// The payer paid.
    Paid {
        /// Payment that the network reports.
        payment: Box<PaymentReport>,
    },
    /// The payer's bank says that the payer paid. The money comes later, and the bank can withdraw the
    /// notice. A notice that pays no charge changes nothing: the network reports its money as paid.
    PaymentNotice {
        /// Payment that the bank reports.
        payment: Box<PaymentReport>,
    },
    /// The bank withdrew the notice of a payment, and no money comes.
    NoticeWithdrawn {
        /// Id of the payment at the network.
        network_id: NetworkPaymentId,
    },
    /// The payer paid, and the network holds the money for review.
    UnderReview {
        /// Payment that the network reports.
        payment: Box<PaymentReport>,
        /// Reason for the review, as a word.
        reason: String,
    },
    /// The network credited the money to the recipient.
    Credited,
    /// The network returned the money to the payer.
    Rejected {
        /// Reason for the rejection.
        failure: Failure,
    },
}

impl ChargeUpdate {
    /// Returns the id of the payment that the update reports, or whose notice it withdraws.
    pub fn network_id(&self) -> Option<&NetworkPaymentId> {
        match self {
            Self::NoticeWithdrawn { network_id } => Some(network_id),
            _ => self.payment().map(|payment| &payment.network_id),
        }
    }

    /// Returns the payment that the update reports. Returns `None` if it reports what became of an
    /// earlier payment.
    pub const fn payment(&self) -> Option<&PaymentReport> {
        match self {
            Self::Paid { payment }
            | Self::PaymentNotice { payment }
            | Self::UnderReview { payment, .. } => Some(payment),
            Self::NoticeWithdrawn { .. } | Self::Credited | Self::Rejected { .. } => None,
        }
    }
}
