//! A refund: money of a charge given back to its payer, and every state it can be in.
//!
//! `processing -> succeeded | failed`.
//! Its amount is held ([`crate::Hold`]) from the moment it is made, and set apart on the charge, so
//! that all refunds of a charge together never exceed what was paid. Succeeded settles the hold;
//! failed releases it. The fee of the charge is not given back, and a refund costs none of its own.
//! Refunds are not counted against the limits of payouts: they go to nobody but the payer.

use std::collections::BTreeMap;

use brazil::EndToEndId;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::errand::SUBMIT_WINDOW;
use crate::string_enum::string_enum;
use crate::{
    AccountId, Charge, ChargeId, Code, Effects, EntryContext, EntryKind, EntryPosition, Error,
    EventType, Funds, History, Hold, HoldId, Id, Moment, NetworkAction, OutboundOrder, RefundId,
    RefundView, StatusChange, Submission, TransactionRef, UserId,
};

string_enum! {
    /// Where a refund stands.
    RefundStatus {
        /// On its way, or about to be.
        Processing = "processing",
        /// The payer has the money back.
        Paid = "paid",
        /// It did not go; the money is available again.
        Rejected = "rejected",
    }
}

string_enum! {
    /// Why a refund failed. Every reason there is.
    RefundRejection {
        /// The payer's account is closed.
        AccountClosed = "account_closed",
        /// The payer's account is blocked.
        AccountBlocked = "account_blocked",
        /// The payment went back in another way, such as the network's own return mechanism (MED). What was
        /// held is available again, so a rail may say so only where it has told of that other way.
        AlreadyReturned = "already_returned",
        /// The payer's institution does not answer.
        InstitutionUnavailable = "institution_unavailable",
        /// The network never took it, and takes it no more.
        NotTaken = "not_taken",
        /// The network gave no reason of this list.
        Unspecified = "unspecified",
    }
}

/// What a refund is made from.
#[derive(Debug, Clone)]
pub struct NewRefund {
    /// How much; none for all that is left.
    pub amount_cents: Option<u64>,
    /// Why, in the caller's words; the payer sees it.
    pub reason: Option<String>,
    /// The caller's own id.
    pub reference: Option<String>,
    /// The caller's own notes.
    pub metadata: BTreeMap<String, String>,
}

/// What a network tells about a refund. The same facts come from the sandbox and from a bank.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum RefundUpdate {
    /// It has the order and will say what became of it.
    Accepted,
    /// The payer has the money back.
    Settled {
        /// The return's own id in the network, if it has one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        return_id: Option<EndToEndId>,
    },
    /// It will not go back.
    Rejected {
        /// Why.
        reason: RefundRejection,
    },
}

/// What has to be done next with a refund, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundDue {
    /// When.
    pub at: Timestamp,
    /// What.
    pub step: RefundStep,
}

/// See [`RefundDue`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum RefundStep {
    /// Tell the network.
    Submit,
    /// Query the network for the status.
    Query,
    /// Take in what the network announced for this time.
    ApplyUpdate {
        /// The announced fact.
        update: RefundUpdate,
    },
}

/// A refund as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refund {
    /// Its id.
    pub id: RefundId,
    /// Whose.
    pub account_id: AccountId,
    /// The charge that is given back.
    pub charge_id: ChargeId,
    /// Where it stands.
    pub status: RefundStatus,
    /// How much.
    pub amount_cents: u64,
    /// Why, in the caller's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The caller's own id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// The caller's own notes.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub metadata: BTreeMap<String, String>,
    /// The network's side of it.
    pub submission: Submission,
    /// When its window closes: later the network takes it no more.
    pub window_ends_at: Timestamp,
    /// The return's own id in the network, once it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub return_id: Option<EndToEndId>,
    /// Every state it was in.
    pub status_history: Vec<StatusChange<RefundStatus>>,
    /// When it was made.
    pub created_at: Timestamp,
    /// By whom.
    pub created_by: UserId,
    /// What has to be done next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<RefundDue>,
    /// Its ledger entries.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entries: Vec<EntryPosition>,
    /// Its events so far.
    pub history: History,
    /// Counts the changes.
    pub version: u64,
}

/// The charge and the money that a refund's change is decided over, as they were read and as they are
/// to be written.
#[derive(Debug, Clone)]
pub struct RefundContext {
    /// The charge.
    pub charge: Charge,
    /// The money.
    pub funds: Funds,
    read: Charge,
}

impl RefundContext {
    /// What was read.
    pub fn new(charge: Charge, funds: Funds) -> Self {
        Self { read: charge.clone(), charge, funds }
    }

    /// The charge, if it changed.
    pub fn changed_charge(&self) -> Option<&Charge> {
        (self.charge != self.read).then_some(&self.charge)
    }
}

impl Refund {
    /// Makes a refund: sets its amount apart on the charge and puts it aside in the books.
    pub fn open(
        id: RefundId,
        created_by: UserId,
        new: NewRefund,
        context: &mut RefundContext,
        moment: &Moment,
    ) -> Result<(Self, Effects), Error> {
        let (charge, funds) = (&mut context.charge, &mut context.funds);
        let (amount_cents, window_ends_at) = charge.begin_refund(id, new.amount_cents, moment)?;
        funds.books.require_not_frozen()?;
        // Letters and digits, 26 of the 35 that the network takes; nobody else has this name.
        let order_id = id.ulid().to_string();
        let end_to_end_id = charge.pix.end_to_end_id.clone();
        let mut refund = Self {
            id,
            account_id: charge.account_id,
            charge_id: charge.id,
            status: RefundStatus::Processing,
            amount_cents,
            reason: new.reason,
            reference: new.reference,
            metadata: new.metadata,
            submission: Submission::new(order_id, end_to_end_id, moment.now),
            window_ends_at,
            return_id: None,
            status_history: Vec::new(),
            created_at: moment.now,
            created_by,
            due: Some(RefundDue { at: moment.now, step: RefundStep::Submit }),
            entries: Vec::new(),
            history: History::default(),
            version: 0,
        };
        let mut effects = Effects::default();
        let (entry_context, books) = (refund.entry_context(), &mut funds.books);
        let hold_id = Self::hold_of(id);
        let hold =
            Hold::place(hold_id, &entry_context, amount_cents, None, books, moment, &mut effects)?;
        funds.hold = Some(hold);
        refund.enter(RefundStatus::Processing, None, moment, &mut effects);
        Ok((refund, effects))
    }

    /// The hold of a refund: it has one, so the name is its own.
    pub fn hold_of(id: RefundId) -> HoldId {
        HoldId::from_ulid(id.ulid())
    }

    /// What its entries say of it.
    fn entry_context(&self) -> EntryContext {
        EntryContext {
            transaction: TransactionRef::Refund(self.id),
            reference: self.reference.clone(),
            description: self.reason.clone(),
            end_to_end_id: self.submission.end_to_end_id.clone(),
        }
    }

    /// The network does not answer about an order it has.
    pub fn mark_unknown(&mut self, moment: &Moment) -> Result<(), Error> {
        if !self.is_in_flight() {
            return Err(self.not_in_state_to("waited for"));
        }
        self.record_no_response(moment.now);
        Ok(())
    }

    /// Does what came due and needs no network. None when there is nothing of the kind.
    pub fn advance(
        &mut self,
        context: &mut RefundContext,
        moment: &Moment,
    ) -> Result<Option<Effects>, Error> {
        match self.due.clone().filter(|due| due.at <= moment.now).map(|due| due.step) {
            Some(RefundStep::ApplyUpdate { update }) => {
                self.due = None;
                self.receive(&update, context, moment).map(Some)
            }
            Some(RefundStep::Submit | RefundStep::Query) | None => Ok(None),
        }
    }

    /// Takes in a fact from the network, with its entries in the books. A fact that is told again
    /// changes nothing.
    pub fn receive(
        &mut self,
        update: &RefundUpdate,
        context: &mut RefundContext,
        moment: &Moment,
    ) -> Result<Effects, Error> {
        let mut effects = Effects::default();
        match (update, self.status) {
            (RefundUpdate::Accepted, RefundStatus::Processing) => {
                self.submission.clear_unknown();
                self.schedule_query(moment.now);
            }
            (RefundUpdate::Settled { return_id }, RefundStatus::Processing) => {
                let out = [(EntryKind::RefundPaid, self.amount_cents)];
                context.funds.settle(&self.entry_context(), &out, moment, &mut effects)?;
                self.return_id.clone_from(return_id);
                self.end(RefundStatus::Paid, None, &mut context.charge, moment, &mut effects)?;
            }
            (RefundUpdate::Rejected { reason }, RefundStatus::Processing) => {
                context.funds.release(&self.entry_context(), moment, &mut effects)?;
                let (status, charge) = (RefundStatus::Rejected, &mut context.charge);
                self.end(status, Some(*reason), charge, moment, &mut effects)?;
            }
            (RefundUpdate::Accepted, RefundStatus::Paid | RefundStatus::Rejected)
            | (RefundUpdate::Settled { .. }, RefundStatus::Paid)
            | (RefundUpdate::Rejected { .. }, RefundStatus::Rejected) => {}
            (RefundUpdate::Settled { .. }, RefundStatus::Rejected) => {
                return Err(self.not_in_state_to("carried out"));
            }
            (RefundUpdate::Rejected { .. }, RefundStatus::Paid) => {
                return Err(self.not_in_state_to("refused"));
            }
        }
        Ok(effects)
    }

    fn end(
        &mut self,
        status: RefundStatus,
        reason: Option<RefundRejection>,
        charge: &mut Charge,
        moment: &Moment,
        effects: &mut Effects,
    ) -> Result<(), Error> {
        self.due = None;
        self.submission.clear_unknown();
        self.enter(status, reason, moment, effects);
        charge.end_refund(self.id, self.amount_cents, status, moment, effects)
    }

    /// Enters a state that its owner is told of.
    fn enter(
        &mut self,
        status: RefundStatus,
        reason: Option<RefundRejection>,
        moment: &Moment,
        effects: &mut Effects,
    ) {
        let kind = match status {
            RefundStatus::Processing => EventType::RefundCreated,
            RefundStatus::Paid => EventType::RefundPaid,
            RefundStatus::Rejected => EventType::RefundRejected,
        };
        self.status = status;
        let reason = reason.map(|reason| reason.as_str().to_owned());
        self.status_history.push(StatusChange { status, at: moment.now, reason });
        effects.collect_positions(TransactionRef::Refund(self.id), &mut self.entries);
        let object = serde_json::to_value(RefundView::from(&*self))
            .expect("a view has string keys and no floats, so it always serialises");
        let id = self.id.to_string();
        effects.events.push(self.history.record(kind, self.account_id, id, object, moment));
    }

    fn not_in_state_to(&self, participle: &str) -> Error {
        let detail = format!("the refund is {} and cannot be {participle}", self.status.as_str());
        Error::conflict(Code::RefundState, detail)
    }
}

impl OutboundOrder for Refund {
    fn is_in_flight(&self) -> bool {
        self.status == RefundStatus::Processing
    }

    fn submission(&self) -> Option<&Submission> {
        Some(&self.submission)
    }

    fn submission_mut(&mut self) -> Option<&mut Submission> {
        Some(&mut self.submission)
    }

    fn next_action(&self) -> Option<(Timestamp, NetworkAction)> {
        let due = self.due.as_ref()?;
        match due.step {
            RefundStep::Submit => Some((due.at, NetworkAction::Submit)),
            RefundStep::Query => Some((due.at, NetworkAction::Query)),
            RefundStep::ApplyUpdate { .. } => None,
        }
    }

    fn schedule_action(&mut self, errand: NetworkAction, at: Timestamp) {
        let step = match errand {
            NetworkAction::Submit => RefundStep::Submit,
            NetworkAction::Query => RefundStep::Query,
        };
        self.due = Some(RefundDue { at, step });
    }

    /// It may be told again as long as the window is open: the network makes its end-to-end id when it
    /// takes it, so only what was under way at the end of the window has to be waited for.
    fn submit_deadline(&self) -> Option<Timestamp> {
        Some(self.window_ends_at + SUBMIT_WINDOW)
    }
}
