//! A credit: money of a payment that matched no charge.
//!
//! Its statuses are `unmatched -> matched | kept`, and `unmatched -> returning -> returned`. A return
//! that the network rejects makes the credit `unmatched` again. Its money is in the ledger account
//! `unmatched` until the credit is matched, kept or returned. The return is an order to the network
//! like a refund ([`crate::network::OutboundOrder`]).
use crate::charge::RefundUpdate;
use crate::credit::{CreditReason, CreditStatus};
use crate::event::History;
use crate::kernel::{AccountId, ChargeId, CreditId, Due, Failure, PaymentId, StatusChange, UserId};
use crate::ledger::EntryPosition;
use crate::network::Submission;
use crate::payment::PaymentReport;
use brazil::EndToEndId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The next step with a credit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum CreditStep {
    /// Return the money by the rule of the account.
    Return,
    /// Submit the return to the network.
    Submit,
    /// Query the network for the status of the return.
    Query,
    /// Apply the update that the network announced for this time.
    ApplyUpdate {
        /// The announced update.
        update: RefundUpdate,
    },
}

/// The last return of a credit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreditReturn {
    /// State of the order at the network.
    pub submission: Submission,
    /// Number of returns so far. Each has an order id of its own.
    pub number: u32,
    /// Reason that the payer sees.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// End-to-end id of the return, once the network reports it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub return_id: Option<EndToEndId>,
    /// Why the network rejected the return.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
}

/// What a credit is matched to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CreditMatch {
    /// A charge, which the payment pays.
    Charge(ChargeId),
    /// An id of the caller's own books.
    Reference(String),
}

/// A credit as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credit {
    /// Id of the credit.
    pub id: CreditId,
    /// Account that received the money.
    pub account_id: AccountId,
    /// Status of the credit.
    pub status: CreditStatus,
    /// Reason why the payment matched no charge.
    pub reason: CreditReason,
    /// Payment of the credit.
    pub payment_id: PaymentId,
    /// What the network reported of the payment.
    pub report: PaymentReport,
    /// Charge that the payment names, if the account has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub named_charge_id: Option<ChargeId>,
    /// Charge or reference that the payment was matched to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matched_to: Option<CreditMatch>,
    /// Fee of a credit without a charge that was matched or kept, in cents.
    #[serde(default)]
    pub fees_cents: u64,
    /// Last return of the credit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_return: Option<CreditReturn>,
    /// User who matched, kept or returned the credit last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<UserId>,
    /// Every status of the credit, oldest first.
    pub status_history: Vec<StatusChange<CreditStatus>>,
    /// Time at which the payment arrived.
    pub created_at: Timestamp,
    /// Next step with the credit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Due<CreditStep>>,
    /// Positions of the ledger entries of the credit.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entries: Vec<EntryPosition>,
    /// Count of the events of the credit, and the last of them.
    pub history: History,
    /// Number of changes so far.
    pub version: u64,
}

impl Credit {
    /// Returns the amount in cents.
    pub const fn amount_cents(&self) -> u64 {
        self.report.amount_cents
    }

    /// Returns the charge that the credit was matched to.
    pub const fn charge_id(&self) -> Option<ChargeId> {
        match &self.matched_to {
            Some(CreditMatch::Charge(id)) => Some(*id),
            Some(CreditMatch::Reference(_)) | None => None,
        }
    }

    /// Returns the reference that the credit was matched to.
    pub const fn reference(&self) -> Option<&String> {
        match &self.matched_to {
            Some(CreditMatch::Reference(reference)) => Some(reference),
            Some(CreditMatch::Charge(_)) | None => None,
        }
    }
}
