//! A charge: money asked of a payer, and every state it can be in.
//!
//! `pending -> paid -> credited`; `pending -> cancelled | expired`;
//! `pending -> in_review -> credited | rejected`.
//! Paid: the payer paid. Credited: the money is in the available balance. A credited charge can be
//! given back, in parts or whole ([`crate::charge::Refund`]); it stays credited.
use crate::charge::{ChargeUpdate, RefundStatus};
use crate::event::History;
use crate::kernel::{AccountId, ChargeId, Due, RefundId, StatusChange, UserId, string_enum};
use crate::ledger::EntryPosition;
use brazil::{Document, EndToEndId, Txid};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

string_enum! {
    /// Where a charge stands.
    ChargeStatus {
        /// Waits for the payer.
        Pending = "pending",
        /// The payer paid.
        Paid = "paid",
        /// The money is in the available balance.
        Credited = "credited",
        /// The network holds the money for review.
        InReview = "in_review",
        /// The money went back to the payer.
        Rejected = "rejected",
        /// Withdrawn before anybody paid.
        Cancelled = "cancelled",
        /// Nobody paid in time.
        Expired = "expired",
    }
}

/// Who is asked to pay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payer {
    /// Name.
    pub name: String,
    /// CPF or CNPJ.
    pub document: Document,
    /// E-mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}

/// The PIX side of a charge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PixDetails {
    /// The charge's name at the network.
    pub txid: Txid,
    /// The text of the QR code ("copia e cola").
    pub br_code: String,
    /// The recipient's PIX key.
    pub key: String,
    /// Where the API that made it is reached; `https://` and a host.
    pub origin: String,
    /// The payment, once there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_to_end_id: Option<EndToEndId>,
}

/// A refund as its charge shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ChargeRefund {
    /// The refund.
    pub id: RefundId,
    /// How much, in cents.
    pub amount_cents: u64,
    /// Where it stands.
    pub status: RefundStatus,
}

/// The next step of a charge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum ChargeStep {
    /// Close it: nobody paid.
    Expire,
    /// Take in what the network announced for this time.
    ApplyUpdate {
        /// The announced fact.
        update: ChargeUpdate,
    },
}

/// What a charge is opened from.
#[derive(Debug, Clone)]
pub struct NewCharge {
    /// How much, 1 to [`crate::kernel::AMOUNT_CENTS_MAX`].
    pub amount_cents: u64,
    /// Of whom.
    pub payer: Payer,
    /// What for.
    pub description: Option<String>,
    /// The caller's own id.
    pub reference: Option<String>,
    /// The caller's own notes.
    pub metadata: BTreeMap<String, String>,
    /// When it stops being payable.
    pub expires_at: Timestamp,
}

/// A charge as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charge {
    /// Its id.
    pub id: ChargeId,
    /// Whose.
    pub account_id: AccountId,
    /// Where it stands. Readers want [`Charge::as_of`].
    pub status: ChargeStatus,
    /// Asked.
    pub amount_cents: u64,
    /// Paid.
    pub paid_amount_cents: u64,
    /// Given back.
    pub refunded_amount_cents: u64,
    /// Being given back.
    #[serde(default)]
    pub refunding_amount_cents: u64,
    /// Its refunds, oldest first; [`REFUNDS_MAX`] at most.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refunds: Vec<ChargeRefund>,
    /// Our fee, once credited.
    pub fees_cents: u64,
    /// Of whom.
    pub payer: Payer,
    /// What for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The caller's own id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// The caller's own notes.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub metadata: BTreeMap<String, String>,
    /// The PIX side.
    pub pix: PixDetails,
    /// Every state it was in.
    pub status_history: Vec<StatusChange<ChargeStatus>>,
    /// When it was opened.
    pub created_at: Timestamp,
    /// By whom.
    pub created_by: UserId,
    /// When it stops being payable.
    pub expires_at: Timestamp,
    /// What the clock has to do next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Due<ChargeStep>>,
    /// Its ledger entries.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entries: Vec<EntryPosition>,
    /// Its events so far.
    pub history: History,
    /// Counts the changes.
    pub version: u64,
}

impl Charge {
    /// The charge as it truly is at `now`: past its time it is expired, even if the clock has not
    /// come round to write that down.
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
