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

use crate::errand::TAKEN_WITHIN;
use crate::words::words;
use crate::{
    AccountId, Charge, ChargeId, Code, Effects, EntryKind, Errand, Error, EventType, Funds,
    History, Hold, HoldId, Id, Memo, Moment, Place, RefundId, RefundView, Remittance, Sending,
    StatusChange, Subject, UserId,
};

words! {
    /// Where a refund stands.
    RefundStatus {
        /// On its way, or about to be.
        Processing = "processing",
        /// The payer has the money back.
        Succeeded = "succeeded",
        /// It did not go; the money is available again.
        Failed = "failed",
    }
}

words! {
    /// Why a refund failed. Every reason there is.
    RefundFailure {
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
pub enum RefundNotice {
    /// It has the order and will say what became of it.
    Taken,
    /// The payer has the money back.
    Settled {
        /// The return's own id in the network, if it has one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        return_id: Option<EndToEndId>,
    },
    /// It will not go back.
    Refused {
        /// Why.
        reason: RefundFailure,
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
    /// Ask the network what became of it.
    Ask,
    /// Take in what the network announced for this time.
    Receive {
        /// The announced fact.
        notice: RefundNotice,
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
    pub sending: Sending,
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
    pub entries: Vec<Place>,
    /// Its events so far.
    pub history: History,
    /// Counts the changes.
    pub version: u64,
}

/// The charge and the money that a refund's change is decided over, as they were read and as they are
/// to be written.
#[derive(Debug, Clone)]
pub struct RefundBasis {
    /// The charge.
    pub charge: Charge,
    /// The money.
    pub funds: Funds,
    read: Charge,
}

impl RefundBasis {
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
        basis: &mut RefundBasis,
        moment: &Moment,
    ) -> Result<(Self, Effects), Error> {
        let (charge, funds) = (&mut basis.charge, &mut basis.funds);
        let (amount_cents, window_ends_at) = charge.begin_refund(id, new.amount_cents, moment)?;
        funds.books.must_move()?;
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
            sending: Sending::new(order_id, end_to_end_id, moment.now),
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
        let (memo, books) = (refund.memo(), &mut funds.books);
        let hold_id = Self::hold_of(id);
        let hold = Hold::place(hold_id, &memo, amount_cents, None, books, moment, &mut effects)?;
        funds.hold = Some(hold);
        refund.enter(RefundStatus::Processing, None, moment, &mut effects);
        Ok((refund, effects))
    }

    /// The hold of a refund: it has one, so the name is its own.
    pub fn hold_of(id: RefundId) -> HoldId {
        HoldId::from_ulid(id.ulid())
    }

    /// What its entries say of it.
    fn memo(&self) -> Memo {
        Memo {
            subject: Subject::Refund(self.id),
            reference: self.reference.clone(),
            description: self.reason.clone(),
            end_to_end_id: self.sending.end_to_end_id.clone(),
        }
    }

    /// The network does not answer about an order it has.
    pub fn lose_sight(&mut self, moment: &Moment) -> Result<(), Error> {
        if !self.is_under_way() {
            return Err(self.not_in_state_to("waited for"));
        }
        self.leave_open(moment.now);
        Ok(())
    }

    /// Does what came due and needs no network. None when there is nothing of the kind.
    pub fn come_due(
        &mut self,
        basis: &mut RefundBasis,
        moment: &Moment,
    ) -> Result<Option<Effects>, Error> {
        match self.due.clone().filter(|due| due.at <= moment.now).map(|due| due.step) {
            Some(RefundStep::Receive { notice }) => {
                self.due = None;
                self.receive(&notice, basis, moment).map(Some)
            }
            Some(RefundStep::Submit | RefundStep::Ask) | None => Ok(None),
        }
    }

    /// Takes in a fact from the network, with its entries in the books. A fact that is told again
    /// changes nothing.
    pub fn receive(
        &mut self,
        notice: &RefundNotice,
        basis: &mut RefundBasis,
        moment: &Moment,
    ) -> Result<Effects, Error> {
        let mut effects = Effects::default();
        match (notice, self.status) {
            (RefundNotice::Taken, RefundStatus::Processing) => {
                self.sending.is_known_again();
                self.ask_later(moment.now);
            }
            (RefundNotice::Settled { return_id }, RefundStatus::Processing) => {
                let out = [(EntryKind::RefundPaid, self.amount_cents)];
                basis.funds.settle(&self.memo(), &out, moment, &mut effects)?;
                self.return_id.clone_from(return_id);
                self.end(RefundStatus::Succeeded, None, &mut basis.charge, moment, &mut effects)?;
            }
            (RefundNotice::Refused { reason }, RefundStatus::Processing) => {
                basis.funds.release(&self.memo(), moment, &mut effects)?;
                let (status, charge) = (RefundStatus::Failed, &mut basis.charge);
                self.end(status, Some(*reason), charge, moment, &mut effects)?;
            }
            (RefundNotice::Taken, RefundStatus::Succeeded | RefundStatus::Failed)
            | (RefundNotice::Settled { .. }, RefundStatus::Succeeded)
            | (RefundNotice::Refused { .. }, RefundStatus::Failed) => {}
            (RefundNotice::Settled { .. }, RefundStatus::Failed) => {
                return Err(self.not_in_state_to("carried out"));
            }
            (RefundNotice::Refused { .. }, RefundStatus::Succeeded) => {
                return Err(self.not_in_state_to("refused"));
            }
        }
        Ok(effects)
    }

    fn end(
        &mut self,
        status: RefundStatus,
        reason: Option<RefundFailure>,
        charge: &mut Charge,
        moment: &Moment,
        effects: &mut Effects,
    ) -> Result<(), Error> {
        self.due = None;
        self.sending.is_known_again();
        self.enter(status, reason, moment, effects);
        charge.end_refund(self.id, self.amount_cents, status, moment, effects)
    }

    /// Enters a state that its owner is told of.
    fn enter(
        &mut self,
        status: RefundStatus,
        reason: Option<RefundFailure>,
        moment: &Moment,
        effects: &mut Effects,
    ) {
        let kind = match status {
            RefundStatus::Processing => EventType::RefundCreated,
            RefundStatus::Succeeded => EventType::RefundSucceeded,
            RefundStatus::Failed => EventType::RefundFailed,
        };
        self.status = status;
        let reason = reason.map(|reason| reason.as_str().to_owned());
        self.status_history.push(StatusChange { status, at: moment.now, reason });
        effects.note_places(Subject::Refund(self.id), &mut self.entries);
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

impl Remittance for Refund {
    fn is_under_way(&self) -> bool {
        self.status == RefundStatus::Processing
    }

    fn sending(&self) -> Option<&Sending> {
        Some(&self.sending)
    }

    fn sending_mut(&mut self) -> Option<&mut Sending> {
        Some(&mut self.sending)
    }

    fn next_errand(&self) -> Option<(Timestamp, Errand)> {
        let due = self.due.as_ref()?;
        match due.step {
            RefundStep::Submit => Some((due.at, Errand::Submit)),
            RefundStep::Ask => Some((due.at, Errand::Ask)),
            RefundStep::Receive { .. } => None,
        }
    }

    fn wait_for(&mut self, errand: Errand, at: Timestamp) {
        let step = match errand {
            Errand::Submit => RefundStep::Submit,
            Errand::Ask => RefundStep::Ask,
        };
        self.due = Some(RefundDue { at, step });
    }

    /// It may be told again as long as the window is open: the network makes its end-to-end id when it
    /// takes it, so only what was under way at the end of the window has to be waited for.
    fn taken_until(&self) -> Option<Timestamp> {
        Some(self.window_ends_at + TAKEN_WITHIN)
    }
}
