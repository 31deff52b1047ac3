//! A charge: money that an account asks a payer to pay.
//!
//! Its statuses are `pending -> paid -> credited`, `pending -> cancelled | expired`, and `pending
//! -> in_review -> credited | rejected`. A charge is paid when the payer paid, and credited when
//! the money is in the available balance. A credited charge can be refunded in parts or in full
//! ([`crate::charge::Refund`]); its status stays credited.
use crate::charge::{ChargeMethod, ChargeUpdate, RefundStatus};
use crate::event::History;
use crate::kernel::{AccountId, ChargeId, Due, RefundId, StatusChange, UserId, string_enum};
use crate::ledger::EntryPosition;
use brazil::Document;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

string_enum! {
    /// Status of a charge.
    ChargeStatus {
        /// The charge waits for the payer.
        Pending = "pending",
        /// The payer paid.
        Paid = "paid",
        /// The money is in the available balance. A refund does not change this status.
        Credited = "credited",
        /// The network holds the money for review.
        InReview = "in_review",
        /// The network returned the money to the payer.
        Rejected = "rejected",
        /// The caller cancelled the charge before the payer paid.
        Cancelled = "cancelled",
        /// The payer did not pay in time.
        Expired = "expired",
    }
}

/// The person or company that is asked to pay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payer {
    /// Name of the payer.
    pub name: String,
    /// CPF or CNPJ of the payer.
    pub document: Document,
    /// E-mail of the payer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}

/// A refund in the view of its charge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ChargeRefund {
    /// Id of the refund.
    pub id: RefundId,
    /// Amount of the refund, in cents.
    pub amount_cents: u64,
    /// Status of the refund.
    pub status: RefundStatus,
}

/// The next step that the scheduler must take with a charge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum ChargeStep {
    /// Expire the charge, because the payer did not pay.
    Expire,
    /// Apply the update that the network announced for this time.
    ApplyUpdate {
        /// The announced update.
        update: ChargeUpdate,
    },
}

/// The input of a new charge.
#[derive(Debug, Clone)]
pub struct NewCharge {
    /// Amount in cents, from 1 to [`crate::kernel::AMOUNT_CENTS_MAX`].
    pub amount_cents: u64,
    /// Payer of the charge.
    pub payer: Payer,
    /// Description that the payer sees.
    pub description: Option<String>,
    /// Caller's own id of the charge.
    pub reference: Option<String>,
    /// Notes of the caller.
    pub metadata: BTreeMap<String, String>,
    /// Time from which the payer can no longer pay.
    pub expires_at: Timestamp,
}

/// A charge as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charge {
    /// Id of the charge.
    pub id: ChargeId,
    /// Account that receives the money.
    pub account_id: AccountId,
    /// Status at the last write. [`Charge::as_of`] gives the status at a time.
    pub status: ChargeStatus,
    /// Amount that the payer is asked to pay, in cents.
    pub amount_cents: u64,
    /// Amount that the payer paid, in cents.
    pub paid_amount_cents: u64,
    /// Total of paid refunds, in cents.
    pub refunded_amount_cents: u64,
    /// Total of refunds in process, in cents.
    #[serde(default)]
    pub refunding_amount_cents: u64,
    /// Refunds of the charge, oldest first; at most [`crate::charge::REFUNDS_MAX`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refunds: Vec<ChargeRefund>,
    /// Our fee, once the charge is credited, in cents.
    pub fees_cents: u64,
    /// Payer of the charge.
    pub payer: Payer,
    /// Description that the payer sees.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Caller's own id of the charge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Notes of the caller.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub metadata: BTreeMap<String, String>,
    /// Method by which the payer pays, with its data.
    pub method: ChargeMethod,
    /// Every status of the charge, oldest first.
    pub status_history: Vec<StatusChange<ChargeStatus>>,
    /// Time at which the charge was created.
    pub created_at: Timestamp,
    /// User who created the charge.
    pub created_by: UserId,
    /// Time from which the payer can no longer pay.
    pub expires_at: Timestamp,
    /// Next step of the scheduler.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Due<ChargeStep>>,
    /// Positions of the ledger entries of the charge.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entries: Vec<EntryPosition>,
    /// Count of the events of the charge, and the last of them.
    pub history: History,
    /// Number of changes so far.
    pub version: u64,
}

impl Charge {
    /// Returns the charge as it is at `now`. A pending charge past its time is expired, even if the
    /// scheduler has not written that yet.
    #[must_use]
    pub fn as_of(mut self, now: Timestamp) -> Self {
        if self.status == ChargeStatus::Pending && self.expires_at <= now {
            self.status = ChargeStatus::Expired;
            let at = self.expires_at;
            self.status_history.push(StatusChange {
                status: ChargeStatus::Expired,
                at,
                reason: None,
            });
        }
        self
    }
}
