//! A charge: money that an account asks a payer to pay.
//!
//! Its statuses are `pending -> paid -> credited`, `pending -> cancelled | expired`, and `pending
//! -> in_review -> credited | rejected`. With a boleto they begin with `registering -> pending | refused`,
//! a cancellation is `pending -> cancelling -> cancelled`, and `paid -> pending` if the bank withdraws its
//! notice of the payment. With a card they are `authorizing -> authorized -> paid | cancelled | expired`,
//! `authorizing -> paid` if the amount is captured at once, and `authorizing -> declined`. On the payment page they
//! begin with `pending -> authorizing`, and `authorizing -> pending` lets the payer try another card. A person can match a later payment to a charge that is
//! cancelled or expired, which makes it `paid -> credited` ([`crate::credit::Credit`]). A charge is paid when the payer paid, and credited when
//! the money is in the available balance. A credited charge can be refunded in parts or in full
//! ([`crate::charge::Refund`]), and the network can take its money back; its status stays credited.
use crate::charge::{
    AmountDue, AnnouncedReturn, ChargeMethod, ChargePayment, ChargeReturns, ChargeUpdate, DueTerms,
    Payer, RefundStatus,
};
use crate::event::History;
use crate::kernel::{
    AccountId, ChargeId, Due, Failure, RefundId, StatusChange, UserId, string_enum,
};
use crate::ledger::EntryPosition;
use brazil::Document;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

string_enum! {
    /// Status of a charge.
    ChargeStatus {
        /// The bank has not confirmed the boleto of the charge.
        Registering = "registering",
        /// The bank refused the boleto of the charge.
        Refused = "refused",
        /// The issuer of the card has not answered.
        Authorizing = "authorizing",
        /// The issuer reserved the amount on the card, and it is not captured.
        Authorized = "authorized",
        /// The issuer declined the card.
        Declined = "declined",
        /// The charge waits for the payer.
        Pending = "pending",
        /// The payer paid.
        Paid = "paid",
        /// The money is in the available balance. A refund does not change this status.
        Credited = "credited",
        /// The network holds the money for review, or the acquirer reviews the card.
        InReview = "in_review",
        /// The network returned the money to the payer.
        Rejected = "rejected",
        /// The caller cancelled the charge, and the bank has not written its boleto off, or the acquirer has not
        /// voided its card. A boleto can still be paid.
        Cancelling = "cancelling",
        /// The caller cancelled the charge before the payer paid.
        Cancelled = "cancelled",
        /// The payer did not pay in time, or you did not capture the card in time.
        Expired = "expired",
    }
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
    /// Credit an instalment, which the acquirer pays on this day.
    CreditInstallment {
        /// Number of the instalment, from 1.
        number: u8,
    },
    /// Apply the first of the updates about money that the network takes back.
    ApplyReturns {
        /// The announced updates, earliest first.
        returns: Vec<AnnouncedReturn>,
    },
}

/// The input of a new charge.
#[derive(Debug, Clone)]
pub struct NewCharge {
    /// Amount in cents, from 1 to [`crate::kernel::AMOUNT_CENTS_MAX`].
    pub amount_cents: u64,
    /// Payer of the charge. Without one, anybody may pay.
    pub payer: Option<Payer>,
    /// Description that the payer sees.
    pub description: Option<String>,
    /// Caller's own id of the charge.
    pub reference: Option<String>,
    /// Notes of the caller.
    pub metadata: BTreeMap<String, String>,
    /// Time from which the payer can no longer pay.
    pub expires_at: Timestamp,
    /// Terms of a charge with a due date.
    pub terms: Option<DueTerms>,
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
    /// Payment that paid the charge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment: Option<ChargePayment>,
    /// Money that the network took back or demands.
    #[serde(default, skip_serializing_if = "ChargeReturns::is_empty")]
    pub returned: ChargeReturns,
    /// Our fee, once the charge is credited, in cents.
    pub fees_cents: u64,
    /// Payer of the charge. Without one, anybody may pay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payer: Option<Payer>,
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
    /// Reason for the rejection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
    /// Time at which the charge was created.
    pub created_at: Timestamp,
    /// User who created the charge.
    pub created_by: UserId,
    /// Time from which the payer can no longer pay.
    pub expires_at: Timestamp,
    /// Terms of a charge with a due date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms: Option<DueTerms>,
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
        if let Some(at) = self.waits_until().filter(|until| *until <= now) {
            self.status = ChargeStatus::Expired;
            self.status_history.push(StatusChange {
                status: ChargeStatus::Expired,
                at,
                reason: None,
            });
        }
        self
    }

    /// Returns the document of the payer that was asked.
    pub fn payer_document(&self) -> Option<&Document> {
        self.payer.as_ref().map(|payer| &payer.document)
    }

    /// Returns what the payer owes at a time. Returns `None` if the charge has no due date.
    pub fn amount_due(&self, at: Timestamp) -> Option<AmountDue> {
        let terms = self.terms.as_ref()?;
        Some(terms.amount_due(self.amount_cents, brazil::local_date(at)))
    }

    /// Returns the amount that pays the charge at a time, in cents.
    pub fn payable_cents(&self, at: Timestamp) -> u64 {
        self.amount_due(at).map_or(self.amount_cents, |due| due.total_cents)
    }

    /// Returns the update about a payment row that the network announced, if it is due: a payment, or the
    /// withdrawal of its notice.
    pub fn due_payment(&self, now: Timestamp) -> Option<&ChargeUpdate> {
        match self.due.as_ref().filter(|due| due.is_due(now)).map(|due| &due.step) {
            Some(ChargeStep::ApplyUpdate { update }) if update.network_id().is_some() => {
                Some(update)
            }
            _ => None,
        }
    }

    /// Returns true if a payment at this time pays the charge. A charge that is being registered or
    /// cancelled can be paid, because the bank decides about both. The payer of a card pays by its authorisation alone.
    pub fn is_payable(&self, now: Timestamp) -> bool {
        match self.status_at(now) {
            ChargeStatus::Pending | ChargeStatus::Registering | ChargeStatus::Cancelling => {
                self.method.card().is_none()
            }
            ChargeStatus::Authorizing
            | ChargeStatus::Authorized
            | ChargeStatus::Declined
            | ChargeStatus::Refused
            | ChargeStatus::Paid
            | ChargeStatus::Credited
            | ChargeStatus::InReview
            | ChargeStatus::Rejected
            | ChargeStatus::Cancelled
            | ChargeStatus::Expired => false,
        }
    }

    /// Returns the step that the scheduler takes if no network reports anything: the charge expires, or an
    /// instalment is credited. Returns `None` if there is no such step.
    pub fn scheduled_step(&self) -> Option<Due<ChargeStep>> {
        match self.waits_until() {
            Some(at) => Some(Due { at, step: ChargeStep::Expire }),
            None => self.next_installment(),
        }
    }

    /// Returns the status at `now`.
    pub fn status_at(&self, now: Timestamp) -> ChargeStatus {
        match self.waits_until().is_some_and(|until| until <= now) {
            true => ChargeStatus::Expired,
            false => self.status,
        }
    }

    /// Returns the time at which the charge expires: it waits for the payer, or for a capture. Returns `None` if
    /// it does not wait.
    fn waits_until(&self) -> Option<Timestamp> {
        match self.status {
            ChargeStatus::Pending if !self.is_being_changed() => Some(self.expires_at),
            ChargeStatus::Authorized => self.method.card()?.authorized_until(),
            _ => None,
        }
    }

    /// Returns true while the bank decides about other terms of the boleto, which may move the end.
    fn is_being_changed(&self) -> bool {
        self.method.boleto().is_some_and(|boleto| boleto.requested_terms().is_some())
    }
}
