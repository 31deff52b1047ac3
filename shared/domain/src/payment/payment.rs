//! A payment: money that arrived, as the network reported it.
//!
//! A charge is a wish, a payment is a fact. Each payment is posted once, by its id at the network,
//! however often the network reports it. No code changes a payment once it is written.
use crate::kernel::{AccountId, PaymentId};
use crate::ledger::TransactionRef;
use crate::payment::PaymentReport;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A payment as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// Id of the payment.
    pub id: PaymentId,
    /// Account that received the money.
    pub account_id: AccountId,
    /// What the network reported.
    pub report: PaymentReport,
    /// Charge or credit to which the payment was posted.
    pub posted_to: TransactionRef,
    /// Time at which the payment was posted.
    pub created_at: Timestamp,
}

impl Payment {
    /// Returns the payment of a report.
    pub(crate) fn of(
        account_id: AccountId,
        report: &PaymentReport,
        posted_to: TransactionRef,
        now: Timestamp,
    ) -> Self {
        let id = report.payment_id(account_id);
        Self { id, account_id, report: report.clone(), posted_to, created_at: now }
    }
}
