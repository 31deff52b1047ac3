//! A charge: money asked of a payer, and every state it can be in.
//!
//! `pending -> paid -> credited`; `pending -> cancelled | expired`;
//! `pending -> in_review -> credited | rejected`.
//! Paid: the payer paid. Credited: the money is in the available balance. A credited charge can be
//! given back, in parts or whole ([`crate::Refund`]); it stays credited.

mod refunds;

use std::collections::BTreeMap;

use brazil::{Document, EndToEndId, Txid};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use refunds::{ChargeMethod, ChargeRefund, REFUNDS_MAX};

use crate::string_enum::string_enum;
use crate::{
    AccountId, Books, ChargeId, ChargeUpdate, ChargeView, Code, Effects, EntryContext, EntryKind,
    EntryPosition, Error, EventType, FeeSchedule, History, LedgerAccount, Moment, Posting,
    StatusChange, TransactionRef, UserId,
};

/// The most one charge can ask for: the network's ten digits and two decimals.
pub const AMOUNT_CENTS_MAX: u64 = 99_999_999_999;

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

/// What the clock has to do next with a charge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChargeDue {
    /// When.
    pub at: Timestamp,
    /// What.
    pub step: ChargeStep,
}

/// See [`ChargeDue`].
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
    /// How much, 1 to [`AMOUNT_CENTS_MAX`].
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
    pub due: Option<ChargeDue>,
    /// Its ledger entries.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entries: Vec<EntryPosition>,
    /// Its events so far.
    pub history: History,
    /// Counts the changes.
    pub version: u64,
}

impl Charge {
    /// Opens a charge. `pix` carries the code that was made for `id`.
    pub fn open(
        id: ChargeId,
        account_id: AccountId,
        created_by: UserId,
        new: NewCharge,
        pix: PixDetails,
        moment: &Moment,
    ) -> (Self, Effects) {
        let mut charge = Self {
            id,
            account_id,
            status: ChargeStatus::Pending,
            amount_cents: new.amount_cents,
            paid_amount_cents: 0,
            refunded_amount_cents: 0,
            refunding_amount_cents: 0,
            refunds: Vec::new(),
            fees_cents: 0,
            payer: new.payer,
            description: new.description,
            reference: new.reference,
            metadata: new.metadata,
            pix,
            status_history: Vec::new(),
            created_at: moment.now,
            created_by,
            expires_at: new.expires_at,
            due: Some(ChargeDue { at: new.expires_at, step: ChargeStep::Expire }),
            entries: Vec::new(),
            history: History::default(),
            version: 0,
        };
        let mut effects = Effects::default();
        charge.enter(ChargeStatus::Pending, None, moment, &mut effects);
        (charge, effects)
    }

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

    /// What its entries say of it.
    fn entry_context(&self) -> EntryContext {
        EntryContext {
            transaction: TransactionRef::Charge(self.id),
            reference: self.reference.clone(),
            description: self.description.clone(),
            end_to_end_id: self.pix.end_to_end_id.clone(),
        }
    }

    /// Withdraws it.
    pub fn cancel(&mut self, moment: &Moment) -> Result<Effects, Error> {
        self.must_be_payable("cancelled", moment)?;
        let mut effects = Effects::default();
        self.due = None;
        self.enter(ChargeStatus::Cancelled, None, moment, &mut effects);
        Ok(effects)
    }

    /// Closes it because nobody paid in time.
    pub fn expire(&mut self, moment: &Moment) -> Result<Effects, Error> {
        if self.status != ChargeStatus::Pending || self.expires_at > moment.now {
            return Err(self.not_in_state_to("expired"));
        }
        let mut effects = Effects::default();
        self.due = None;
        self.enter(ChargeStatus::Expired, None, moment, &mut effects);
        Ok(effects)
    }

    /// Takes in a fact from the network, with its entries in the books.
    pub fn receive(
        &mut self,
        update: &ChargeUpdate,
        books: &mut Books,
        fees: &FeeSchedule,
        moment: &Moment,
    ) -> Result<Effects, Error> {
        let mut effects = Effects::default();
        if self.knows(update) {
            return Ok(effects);
        }
        match update {
            ChargeUpdate::Paid { end_to_end_id } => {
                self.must_be_payable("paid", moment)?;
                self.take_payment(end_to_end_id);
                let paid = Posting::new(EntryKind::ChargePaid, self.amount_cents);
                books.post(&self.entry_context(), &[paid], moment, &mut effects)?;
                self.enter(ChargeStatus::Paid, None, moment, &mut effects);
            }
            ChargeUpdate::UnderReview { end_to_end_id, reason } => {
                self.must_be_payable("put under review", moment)?;
                self.take_payment(end_to_end_id);
                let held = Posting::new(EntryKind::ChargeHeldForReview, self.amount_cents);
                books.post(&self.entry_context(), &[held], moment, &mut effects)?;
                self.enter(ChargeStatus::InReview, Some(reason), moment, &mut effects);
            }
            ChargeUpdate::Credited => {
                let from = match self.status {
                    ChargeStatus::Paid => LedgerAccount::Receivable,
                    ChargeStatus::InReview => LedgerAccount::UnderReview,
                    ChargeStatus::Pending
                    | ChargeStatus::Credited
                    | ChargeStatus::Rejected
                    | ChargeStatus::Cancelled
                    | ChargeStatus::Expired => return Err(self.not_in_state_to("credited")),
                };
                self.fees_cents = fees.fee_cents(self.amount_cents);
                self.due = None;
                let credit =
                    Posting::from_account(EntryKind::ChargeCredited, from, self.amount_cents);
                let fee = Posting::new(EntryKind::ChargeFee, self.fees_cents);
                books.post(&self.entry_context(), &[credit, fee], moment, &mut effects)?;
                self.enter(ChargeStatus::Credited, None, moment, &mut effects);
            }
            ChargeUpdate::Rejected { reason } => {
                if self.status != ChargeStatus::InReview {
                    return Err(self.not_in_state_to("rejected"));
                }
                self.due = None;
                self.refunded_amount_cents = self.paid_amount_cents;
                let returned = Posting::new(EntryKind::ChargeReturned, self.amount_cents);
                books.post(&self.entry_context(), &[returned], moment, &mut effects)?;
                self.enter(ChargeStatus::Rejected, Some(reason), moment, &mut effects);
            }
        }
        Ok(effects)
    }

    /// Networks tell the same payment more than once; the second telling changes nothing.
    fn knows(&self, update: &ChargeUpdate) -> bool {
        match update {
            ChargeUpdate::Paid { end_to_end_id }
            | ChargeUpdate::UnderReview { end_to_end_id, .. } => {
                self.pix.end_to_end_id.as_ref() == Some(end_to_end_id)
            }
            ChargeUpdate::Credited | ChargeUpdate::Rejected { .. } => false,
        }
    }

    fn take_payment(&mut self, end_to_end_id: &EndToEndId) {
        self.paid_amount_cents = self.amount_cents;
        self.pix.end_to_end_id = Some(end_to_end_id.clone());
        self.due = None;
    }

    fn enter(
        &mut self,
        status: ChargeStatus,
        reason: Option<&String>,
        moment: &Moment,
        effects: &mut Effects,
    ) {
        let kind = match status {
            ChargeStatus::Pending => EventType::ChargeCreated,
            ChargeStatus::Paid => EventType::ChargePaid,
            ChargeStatus::Credited => EventType::ChargeCredited,
            ChargeStatus::InReview => EventType::ChargeInReview,
            ChargeStatus::Rejected => EventType::ChargeRejected,
            ChargeStatus::Cancelled => EventType::ChargeCancelled,
            ChargeStatus::Expired => EventType::ChargeExpired,
        };
        self.status = status;
        self.status_history.push(StatusChange { status, at: moment.now, reason: reason.cloned() });
        self.record(kind, moment, effects);
    }

    fn record(&mut self, kind: EventType, moment: &Moment, effects: &mut Effects) {
        effects.collect_positions(TransactionRef::Charge(self.id), &mut self.entries);
        let object = serde_json::to_value(ChargeView::from(&*self))
            .expect("a view has string keys and no floats, so it always serialises");
        effects.events.push(self.history.record(
            kind,
            self.account_id,
            self.id.to_string(),
            object,
            moment,
        ));
    }

    fn must_be_payable(&self, participle: &str, moment: &Moment) -> Result<(), Error> {
        if self.status == ChargeStatus::Pending && self.expires_at > moment.now {
            return Ok(());
        }
        Err(self.clone().as_of(moment.now).not_in_state_to(participle))
    }

    fn not_in_state_to(&self, participle: &str) -> Error {
        Error::conflict(
            Code::ChargeState,
            format!("the charge is {} and cannot be {participle}", self.status.as_str()),
        )
    }
}
