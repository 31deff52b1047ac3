//! The transitions of a dispute. Each records its event.
use crate::charge::Charge;
use crate::dispute::{
    Dispute, DisputeAnswer, DisputeAnswerKind, DisputeInstruction, DisputeKind, DisputeOrder,
    DisputeOrderStep, DisputeStatus, DisputeStep, DisputeView, Evidence,
};
use crate::event::{EventType, History, Lifecycle, Transition};
use crate::kernel::{Code, DisputeId, Due, Error, EvidenceId, Failure, Id, Moment, StatusChange};
use crate::ledger::{BalanceBlock, BlockStatus, Effects};
use crate::network::Submission;
use jiff::{SignedDuration, Timestamp};

/// How long before the end of the time to answer the account is reminded.
const REMIND_BEFORE: SignedDuration = SignedDuration::from_hours(24);

impl Lifecycle for Dispute {
    type Status = DisputeStatus;

    const NAME: &'static str = "dispute";
    const TRANSITIONS: &'static [Transition<DisputeStatus>] = {
        use DisputeStatus::{Accepted, Lost, NeedsResponse, Submitted, Won};
        &[
            Transition::create(NeedsResponse, Some(EventType::DisputeOpened)),
            Transition::event(NeedsResponse, NeedsResponse, EventType::DisputeResponseDue),
            Transition::event(NeedsResponse, NeedsResponse, EventType::DisputeEvidenceAccepted),
            Transition::event(NeedsResponse, NeedsResponse, EventType::DisputeEvidenceRejected),
            Transition::event(NeedsResponse, Submitted, EventType::DisputeSubmitted),
            Transition::event(NeedsResponse, Accepted, EventType::DisputeAccepted),
            Transition::event(NeedsResponse, Won, EventType::DisputeWon),
            Transition::event(NeedsResponse, Lost, EventType::DisputeLost),
            Transition::event(Submitted, Submitted, EventType::DisputeAnswerRefused),
            Transition::event(Submitted, Won, EventType::DisputeWon),
            Transition::event(Submitted, Lost, EventType::DisputeLost),
            // The network takes more, or less, than the account accepted.
            Transition::event(Accepted, Accepted, EventType::DisputeAccepted),
            Transition::event(Accepted, Accepted, EventType::DisputeAnswerRefused),
            // The network gives up what the account accepted.
            Transition::event(Accepted, Won, EventType::DisputeWon),
            // The network takes the money in parts.
            Transition::event(Lost, Lost, EventType::DisputeLost),
            // A network reports a return late, or decides again.
            Transition::event(Won, Lost, EventType::DisputeLost),
        ]
    };

    fn status_mut(&mut self) -> &mut DisputeStatus {
        &mut self.status
    }
}

/// What the network says of a demand that opens a dispute.
pub(super) struct Demand<'a> {
    /// Id of the demand at the network.
    pub(super) network_id: &'a str,
    /// Reason in one word.
    pub(super) reason: &'a str,
    /// Time until which the account can contest it.
    pub(super) respond_by: Option<Timestamp>,
    /// Our fee, in cents.
    pub(super) fee_cents: u64,
}

impl Dispute {
    /// Opens the dispute of a demand whose balance block has just opened.
    pub(super) fn open(
        charge: &Charge,
        block: &BalanceBlock,
        demand: &Demand<'_>,
        moment: &Moment,
        effects: &mut Effects,
    ) -> Result<Self, Error> {
        let whole_seconds = |at: Timestamp| Timestamp::from_second(at.as_second());
        let respond_by = demand.respond_by.map(whole_seconds).transpose();
        let mut dispute = Self {
            id: DisputeId::of_block(block.id),
            account_id: charge.account_id,
            charge_id: charge.id,
            block_id: block.id,
            network_id: demand.network_id.to_owned(),
            kind: DisputeKind::of(charge.paid_by()),
            status: DisputeStatus::NeedsResponse,
            amount_cents: block.amount_cents,
            taken_cents: 0,
            fee_cents: demand.fee_cents,
            reason: demand.reason.to_owned(),
            respond_by: respond_by.map_err(Error::internal)?,
            evidence: Vec::new(),
            answer: None,
            provider: charge.provider().map(ToOwned::to_owned),
            due: None,
            opened_at: moment.now,
            status_history: Vec::new(),
            history: History::default(),
            version: 0,
        };
        dispute.due = dispute.respond_by.filter(|until| *until > moment.now).map(|until| Due {
            at: until.saturating_sub(REMIND_BEFORE).unwrap_or(until).max(moment.now),
            step: DisputeStep::Remind,
        });
        let event = Self::transition(None, dispute.status)?;
        dispute.record_status(event, moment, effects);
        Ok(dispute)
    }

    /// Contests the demand with a text and files. Returns the order to the network.
    ///
    /// # Errors
    /// `dispute_state` after an answer or a decision, `dispute_response_closed` after the time to answer,
    /// `evidence_not_accepted` for a file that was not accepted.
    pub fn submit(
        &mut self,
        text: String,
        evidence: Vec<Evidence>,
        moment: &Moment,
    ) -> Result<(DisputeOrder, Effects), Error> {
        self.require_unanswered("contested", moment)?;
        Self::require_accepted(&evidence)?;
        let evidence_ids = evidence.iter().map(|evidence| evidence.id).collect();
        let contest = DisputeInstruction::Contest { text: text.clone(), evidence };
        let order = self.order(contest, moment);
        let mut effects = Effects::default();
        self.answer_with(DisputeAnswerKind::Contest, (Some(text), evidence_ids), moment);
        let event = self.enter(DisputeStatus::Submitted)?;
        self.record_status(event, moment, &mut effects);
        Ok((order, effects))
    }

    /// Accepts the demand, of which `amount_cents` were just taken. Returns the order to the network.
    pub(super) fn accept(
        &mut self,
        amount_cents: u64,
        moment: &Moment,
        effects: &mut Effects,
    ) -> Result<DisputeOrder, Error> {
        let mut order = self.order(DisputeInstruction::Accept, moment);
        order.amount_cents = amount_cents;
        self.taken_cents = self.taken_cents.saturating_add(amount_cents);
        self.answer_with(DisputeAnswerKind::Accept, (None, Vec::new()), moment);
        let event = self.enter(DisputeStatus::Accepted)?;
        self.record_status(event, moment, effects);
        Ok(order)
    }

    fn answer_with(
        &mut self,
        kind: DisputeAnswerKind,
        (text, evidence_ids): (Option<String>, Vec<EvidenceId>),
        moment: &Moment,
    ) {
        self.due = None;
        self.answer = Some(DisputeAnswer {
            kind,
            text,
            evidence_ids,
            answered_at: moment.now,
            received_at: None,
            failure: None,
        });
    }

    fn order(&self, instruction: DisputeInstruction, moment: &Moment) -> DisputeOrder {
        // A dispute has one order, so its id follows from the dispute.
        let order_id = format!("{}A1", self.block_id.ulid());
        let mut submission = Submission::new(order_id, None, moment.now);
        submission.provider.clone_from(&self.provider);
        DisputeOrder {
            account_id: self.account_id,
            dispute_id: self.id,
            charge_id: self.charge_id,
            block_id: self.block_id,
            network_id: self.network_id.clone(),
            amount_cents: self.amount_cents,
            instruction,
            submission,
            due: Some(Due { at: moment.now, step: DisputeOrderStep::Submit }),
            version: 0,
        }
    }

    /// Refuses an answer to a dispute that has one, that is decided, or whose time to answer is over.
    pub(super) fn require_unanswered(
        &self,
        participle: &str,
        moment: &Moment,
    ) -> Result<(), Error> {
        if self.status != DisputeStatus::NeedsResponse {
            let status = self.status.as_str();
            let detail = format!("the dispute is {status} and cannot be {participle}");
            return Err(Error::conflict(Code::DisputeState, detail));
        }
        match self.respond_by.filter(|until| *until <= moment.now) {
            Some(until) => {
                let detail = format!(
                    "the time to answer ended at {until}; the network decides without an answer"
                );
                Err(Error::refused(Code::DisputeResponseClosed, detail))
            }
            None => Ok(()),
        }
    }

    /// Returns true if the network must still get the answer: it has not decided, and gave nothing back of what the
    /// account accepted.
    pub fn still_needs(&self, answer: &DisputeOrder) -> bool {
        match self.status {
            DisputeStatus::Submitted => true,
            DisputeStatus::Accepted => self.taken_cents >= answer.amount_cents,
            DisputeStatus::NeedsResponse | DisputeStatus::Won | DisputeStatus::Lost => false,
        }
    }

    /// Records that the network has the answer.
    pub(super) fn note_receipt(&mut self, moment: &Moment) {
        if let Some(answer) = &mut self.answer {
            answer.received_at.get_or_insert(moment.now);
        }
    }

    /// Records that the network does not take the answer. The account cannot answer again, so an open dispute
    /// has an event.
    pub(super) fn note_refusal(
        &mut self,
        failure: &Failure,
        moment: &Moment,
        effects: &mut Effects,
    ) -> Result<(), Error> {
        let Some(answer) = self.answer.as_mut().filter(|answer| answer.failure.is_none()) else {
            return Ok(());
        };
        answer.failure = Some(failure.clone());
        if matches!(self.status, DisputeStatus::Submitted | DisputeStatus::Accepted) {
            let event = self.remain(EventType::DisputeAnswerRefused)?;
            self.record(event, moment, effects);
        }
        Ok(())
    }

    /// Reminds the account that the time to answer ends. Returns `None` if no reminder is due.
    pub fn remind(&mut self, moment: &Moment) -> Result<Option<Effects>, Error> {
        if !self.due.as_ref().is_some_and(|due| due.is_due(moment.now)) {
            return Ok(None);
        }
        self.due = None;
        let mut effects = Effects::default();
        // After a stop of the scheduler the time can be over, and a reminder would mislead.
        let is_late = self.respond_by.is_none_or(|until| until <= moment.now);
        if self.status == DisputeStatus::NeedsResponse && !is_late {
            let event = self.remain(EventType::DisputeResponseDue)?;
            self.record(event, moment, &mut effects);
        }
        Ok(Some(effects))
    }

    /// Records that the network took money under the demand, beyond what the account accepted.
    pub(super) fn take(
        &mut self,
        amount_cents: u64,
        moment: &Moment,
        effects: &mut Effects,
    ) -> Result<(), Error> {
        self.due = None;
        self.taken_cents = self.taken_cents.saturating_add(amount_cents);
        let event = match self.status {
            DisputeStatus::Lost => self.remain(EventType::DisputeLost)?,
            DisputeStatus::Accepted => self.remain(EventType::DisputeAccepted)?,
            DisputeStatus::NeedsResponse | DisputeStatus::Submitted | DisputeStatus::Won => {
                let event = self.enter(DisputeStatus::Lost)?;
                self.record_status(event, moment, effects);
                return Ok(());
            }
        };
        self.record(event, moment, effects);
        Ok(())
    }

    /// Records that the network gave up money that the account had accepted to lose.
    pub(super) fn give_back(
        &mut self,
        amount_cents: u64,
        moment: &Moment,
        effects: &mut Effects,
    ) -> Result<(), Error> {
        self.taken_cents = self.taken_cents.saturating_sub(amount_cents);
        if self.status != DisputeStatus::Accepted {
            return Ok(());
        }
        if self.taken_cents > 0 {
            let event = self.remain(EventType::DisputeAccepted)?;
            self.record(event, moment, effects);
            return Ok(());
        }
        let event = self.enter(DisputeStatus::Won)?;
        self.record_status(event, moment, effects);
        Ok(())
    }

    /// Records that the balance block of the dispute changed: without a decision before, its end wins the
    /// dispute.
    pub(super) fn follow_block(
        &mut self,
        moment: &Moment,
        effects: &mut Effects,
    ) -> Result<(), Error> {
        let ended =
            |block: &BalanceBlock| block.id == self.block_id && block.status == BlockStatus::Ended;
        let is_open =
            matches!(self.status, DisputeStatus::NeedsResponse | DisputeStatus::Submitted);
        if is_open && effects.blocks.iter().any(ended) {
            self.due = None;
            let event = self.enter(DisputeStatus::Won)?;
            self.record_status(event, moment, effects);
        }
        Ok(())
    }

    fn record_status(&mut self, event: Option<EventType>, moment: &Moment, effects: &mut Effects) {
        let (status, at) = (self.status, moment.now);
        self.status_history.push(StatusChange { status, at, reason: None });
        self.record(event, moment, effects);
    }

    pub(super) fn record(
        &mut self,
        event: Option<EventType>,
        moment: &Moment,
        effects: &mut Effects,
    ) {
        let Some(kind) = event else { return };
        let object = serde_json::to_value(DisputeView::from(&*self))
            .expect("a view has string keys and no floats, so it always serialises");
        let id = self.id.to_string();
        effects.events.push(self.history.record(kind, self.account_id, id, object, moment));
    }
}
