//! The transitions of a refund. Each returns the ledger entries and events that it causes.
use crate::charge::{
    Charge, NewRefund, Refund, RefundContext, RefundRejection, RefundStatus, RefundStep,
    RefundUpdate, RefundView,
};
use crate::event::{EventType, History, Lifecycle, Transition};
use crate::kernel::{Code, Due, Error, Id, Moment, RefundId, StatusChange, UserId};
use crate::ledger::{Counterparty, Effects, EntryContext, EntryKind, Hold, TransactionRef};
use crate::network::{NetworkAction, OutboundOrder, SUBMIT_WINDOW, Submission};
use jiff::Timestamp;

impl Lifecycle for Refund {
    type Status = RefundStatus;

    const NAME: &'static str = "refund";
    const TRANSITIONS: &'static [Transition<RefundStatus>] = {
        use RefundStatus::{Paid, Processing, Rejected};
        &[
            Transition::create(Processing, Some(EventType::RefundCreated)),
            Transition::event(Processing, Paid, EventType::RefundPaid),
            Transition::event(Processing, Rejected, EventType::RefundRejected),
        ]
    };

    fn status_mut(&mut self) -> &mut RefundStatus {
        &mut self.status
    }
}

impl Refund {
    /// Opens a refund: reserves its amount on the charge and holds it in the books.
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
        // These 26 letters and digits fit into the 35 that the network accepts. The ULID is unique.
        let order_id = id.ulid().to_string();
        let end_to_end_id = charge.method.end_to_end_id().cloned();
        let mut refund = Self {
            id,
            account_id: charge.account_id,
            charge_id: charge.id,
            method: charge.method.kind(),
            counterparty: Some(Counterparty::new(&charge.payer.name, &charge.payer.document)),
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
            due: Some(Due { at: moment.now, step: RefundStep::Submit }),
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
        let event = Self::transition(None, refund.status)?;
        refund.record_status(event, None, moment, &mut effects);
        Ok((refund, effects))
    }

    /// Returns what the ledger entries show of the refund.
    fn entry_context(&self) -> EntryContext {
        EntryContext {
            transaction: TransactionRef::Refund(self.id),
            reference: self.reference.clone(),
            description: self.reason.clone(),
            end_to_end_id: self.submission.end_to_end_id.clone(),
            counterparty: self.counterparty.clone(),
            charge_id: Some(self.charge_id),
        }
    }

    /// Records that the network does not answer about an order that it has.
    pub fn mark_unconfirmed(&mut self, moment: &Moment) -> Result<(), Error> {
        if !self.is_in_flight() {
            return Err(self.not_in_state_to("marked as unconfirmed"));
        }
        self.record_no_response(moment.now);
        Ok(())
    }

    /// Takes the due step if it needs no network. Returns `None` if no such step is due.
    pub fn advance(
        &mut self,
        context: &mut RefundContext,
        moment: &Moment,
    ) -> Result<Option<Effects>, Error> {
        match self.due.clone().filter(|due| due.is_due(moment.now)).map(|due| due.step) {
            Some(RefundStep::ApplyUpdate { update }) => {
                self.due = None;
                self.apply_update(&update, context, moment).map(Some)
            }
            Some(RefundStep::Submit | RefundStep::Query) | None => Ok(None),
        }
    }

    /// Applies an update from the network and posts its entries to the books. An update that is
    /// reported again changes nothing.
    pub fn apply_update(
        &mut self,
        update: &RefundUpdate,
        context: &mut RefundContext,
        moment: &Moment,
    ) -> Result<Effects, Error> {
        let mut effects = Effects::default();
        match (update, self.status) {
            (RefundUpdate::Accepted, RefundStatus::Processing) => {
                self.submission.clear_unconfirmed();
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
                return Err(self.not_in_state_to("paid"));
            }
            (RefundUpdate::Rejected { .. }, RefundStatus::Paid) => {
                return Err(self.not_in_state_to("rejected"));
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
        self.submission.clear_unconfirmed();
        let event = self.enter(status)?;
        self.record_status(event, reason, moment, effects);
        charge.end_refund(self.id, self.amount_cents, status, moment, effects)
    }

    /// Records that the refund is in its status now, and the event of the change.
    fn record_status(
        &mut self,
        event: Option<EventType>,
        reason: Option<RefundRejection>,
        moment: &Moment,
        effects: &mut Effects,
    ) {
        let (status, reason) = (self.status, reason.map(|reason| reason.as_str().to_owned()));
        self.status_history.push(StatusChange { status, at: moment.now, reason });
        let Some(kind) = event else { return };
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

    fn schedule_action(&mut self, action: NetworkAction, at: Timestamp) {
        let step = match action {
            NetworkAction::Submit => RefundStep::Submit,
            NetworkAction::Query => RefundStep::Query,
        };
        self.due = Some(Due { at, step });
    }

    /// Returns the end of the refund window plus [`SUBMIT_WINDOW`]. The network makes its
    /// end-to-end id when it accepts the order, so an order may be submitted again while the window
    /// is open. Only an order that was in flight when the window closed needs the extra time.
    fn submit_deadline(&self) -> Option<Timestamp> {
        Some(self.window_ends_at + SUBMIT_WINDOW)
    }
}
