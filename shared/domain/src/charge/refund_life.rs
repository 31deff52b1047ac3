//! The transitions of a refund. Each returns the ledger entries and events that it causes.
use crate::charge::{
    Charge, NewRefund, Refund, RefundContext, RefundStatus, RefundStep, RefundUpdate, RefundView,
};
use crate::event::{EventType, History, Lifecycle, Transition};
use crate::kernel::{Code, Due, Error, Id, Moment, RefundId, StatusChange, UserId};
use crate::ledger::{Effects, EntryContext, EntryKind, Hold, TransactionRef};
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
        let mut effects = Effects::default();
        let receivable_cents = charge.take_from_receivables(id, amount_cents, &mut effects);
        funds.books.require_not_frozen()?;
        // These 26 letters and digits fit into the 35 that the network accepts. The ULID is unique.
        let order_id = id.ulid().to_string();
        let end_to_end_id = charge.method.end_to_end_id().cloned();
        let mut refund = Self {
            id,
            account_id: charge.account_id,
            charge_id: charge.id,
            method: charge.paid_by(),
            card_payment_id: charge.card_payment_id(),
            counterparty: charge.counterparty(),
            status: RefundStatus::Processing,
            amount_cents,
            reason: new.reason,
            reference: new.reference,
            metadata: new.metadata,
            submission: Submission {
                // The acquirer of the sale has its payment, and no other one.
                provider: charge.method.card().and_then(|card| card.provider.clone()),
                ..Submission::new(order_id, end_to_end_id, moment.now)
            },
            window_ends_at,
            return_id: None,
            status_history: Vec::new(),
            failure: None,
            created_at: moment.now,
            created_by,
            due: Some(Due { at: moment.now, step: RefundStep::Submit }),
            entries: Vec::new(),
            history: History::default(),
            version: 0,
        };
        let (entry_context, books) = (refund.entry_context(), &mut funds.books);
        if receivable_cents > 0 {
            // A debt is paid before money leaves that was never available.
            books.require_no_debt()?;
        }
        let hold_id = Self::hold_of(id);
        // The rest comes from instalments that the acquirer has not paid.
        let available_cents = amount_cents - receivable_cents;
        let mut hold = Hold::place(
            hold_id,
            &entry_context,
            available_cents,
            None,
            books,
            moment,
            &mut effects,
        )?;
        if receivable_cents > 0 {
            hold.add_receivables(&entry_context, receivable_cents, books, moment, &mut effects)?;
        }
        funds.hold = Some(hold);
        let event = Self::transition(None, refund.status)?;
        refund.record_status(event, moment, &mut effects);
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
            return_id: self.return_id.clone(),
            failure: self.failure.clone(),
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
                if !context.charge.has_money_for(self.amount_cents) {
                    let detail = "the network took the money of the charge back, so the refund \
                                  cannot be paid";
                    return Err(Error::conflict(Code::RefundState, detail));
                }
                let out = [(EntryKind::RefundPaid, self.amount_cents)];
                self.return_id.clone_from(return_id);
                context.funds.settle(&self.entry_context(), &out, moment, &mut effects)?;
                self.end(RefundStatus::Paid, &mut context.charge, moment, &mut effects)?;
            }
            (RefundUpdate::Rejected { failure }, RefundStatus::Processing) => {
                self.failure = Some(failure.clone());
                let returned = context.charge.return_to_receivables(self.id, &mut effects);
                let (funds, entry_context) = (&mut context.funds, &self.entry_context());
                let open_cents = returned.open_cents;
                funds.return_receivables(entry_context, open_cents, moment, &mut effects)?;
                let fee_cents = returned.fee_cents;
                funds.release_with_fee(entry_context, fee_cents, moment, &mut effects)?;
                let (status, charge) = (RefundStatus::Rejected, &mut context.charge);
                self.end(status, charge, moment, &mut effects)?;
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
        charge: &mut Charge,
        moment: &Moment,
        effects: &mut Effects,
    ) -> Result<(), Error> {
        self.due = None;
        self.submission.clear_unconfirmed();
        let event = self.enter(status)?;
        self.record_status(event, moment, effects);
        charge.end_refund(self.id, self.amount_cents, status, moment, effects)
    }

    /// Records that the refund is in its status now, and the event of the change.
    fn record_status(&mut self, event: Option<EventType>, moment: &Moment, effects: &mut Effects) {
        let failure = self.failure.as_ref();
        let reason = failure.map(|failure| failure.code.as_str().to_owned());
        let status = self.status;
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
