//! The transitions of a credit. Each returns the ledger entries and events that it causes.
use crate::account::FeeSchedule;
use crate::charge::Charge;
use crate::credit::{
    Credit, CreditMatch, CreditReason, CreditReturn, CreditStatus, CreditStep, CreditView,
};
use crate::event::{EventType, History, Lifecycle, Transition};
use crate::kernel::{ChargeId, Code, CreditId, Due, Error, Id, Moment, StatusChange, UserId};
use crate::ledger::{Books, Effects, EntryContext, EntryKind, Posting, TransactionRef};
use crate::network::Submission;
use crate::payment::PaymentReport;
use jiff::{SignedDuration, Timestamp};

/// How long before the end of the window of the network a return is submitted at the latest.
const RETURN_MARGIN: SignedDuration = SignedDuration::from_hours(24);

impl Lifecycle for Credit {
    type Status = CreditStatus;

    const NAME: &'static str = "credit";
    const TRANSITIONS: &'static [Transition<CreditStatus>] = {
        use CreditStatus::{Kept, Matched, Returned, Returning, Unmatched};
        &[
            Transition::create(Unmatched, Some(EventType::CreditUnmatched)),
            Transition::event(Unmatched, Matched, EventType::CreditMatched),
            Transition::event(Unmatched, Kept, EventType::CreditKept),
            Transition::silent(Unmatched, Returning),
            Transition::event(Returning, Returned, EventType::CreditReturned),
            Transition::event(Returning, Unmatched, EventType::CreditUnmatched),
        ]
    };

    fn status_mut(&mut self) -> &mut CreditStatus {
        &mut self.status
    }
}

impl Credit {
    /// Opens the credit of a payment: its money goes to the account `unmatched`. Trilho returns it at
    /// `returns_at`, or before the network accepts no return any more.
    pub(super) fn open(
        report: &PaymentReport,
        reason: CreditReason,
        named_charge_id: Option<ChargeId>,
        returns_at: Option<Timestamp>,
        books: &mut Books,
        moment: &Moment,
    ) -> Result<(Self, Effects), Error> {
        let mut credit = Self {
            id: CreditId::mint(moment),
            account_id: books.account_id,
            status: CreditStatus::Unmatched,
            reason,
            payment_id: report.payment_id(books.account_id),
            report: report.clone(),
            named_charge_id,
            matched_to: None,
            fees_cents: 0,
            last_return: None,
            decided_by: None,
            status_history: Vec::new(),
            created_at: moment.now,
            due: None,
            entries: Vec::new(),
            history: History::default(),
            version: 0,
        };
        let at = returns_at.and_then(|at| credit.returnable_at(at, moment.now));
        credit.due = at.map(|at| Due { at, step: CreditStep::Return });
        let mut effects = Effects::default();
        let arrived = Posting::new(EntryKind::PaymentUnmatched, credit.amount_cents());
        books.post(&credit.entry_context(), &[arrived], moment, &mut effects)?;
        let event = Self::transition(None, CreditStatus::Unmatched)?;
        credit.record_status(event, Some(reason.as_str().to_owned()), moment, &mut effects);
        Ok((credit, effects))
    }

    /// Returns what the ledger entries show of the credit.
    pub(super) fn entry_context(&self) -> EntryContext {
        EntryContext {
            transaction: TransactionRef::Credit(self.id),
            reference: self.reference().cloned(),
            description: None,
            end_to_end_id: self.report.end_to_end_id(),
            counterparty: self.report.payer.counterparty(),
            charge_id: self.charge_id(),
            return_id: self.last_return.as_ref().and_then(|last| last.return_id.clone()),
            failure: None,
        }
    }

    /// Matches the credit to a charge, which the payment pays. The amounts may differ only if the
    /// caller accepts that; the charge shows what was paid. The charge pays its fee.
    pub fn match_to_charge(
        &mut self,
        charge: &mut Charge,
        difference_accepted: bool,
        books: &mut Books,
        fees: &FeeSchedule,
        by: UserId,
        moment: &Moment,
    ) -> Result<Effects, Error> {
        self.require_unmatched("matched")?;
        let paid_cents = self.amount_cents();
        let asked_cents = charge.payable_cents(self.report.paid_at);
        if paid_cents != asked_cents && !difference_accepted {
            let detail = format!(
                "the payment has {paid_cents} cents and the charge {asked_cents}; send \
                 accept_difference if the payment pays the charge"
            );
            return Err(Error::refused(Code::AmountDiffers, detail));
        }
        let mut effects = Effects::default();
        self.matched_to = Some(CreditMatch::Charge(charge.id));
        let matched = Posting::new(EntryKind::CreditMatched, paid_cents);
        books.post(&self.entry_context(), &[matched], moment, &mut effects)?;
        charge.match_payment(&self.report, books, fees, moment, &mut effects)?;
        self.decide(CreditStatus::Matched, by, moment, &mut effects)?;
        Ok(effects)
    }

    /// Matches the credit to an id of the caller's own books. It pays the fee of a charge.
    pub fn match_to_reference(
        &mut self,
        reference: String,
        books: &mut Books,
        fees: &FeeSchedule,
        by: UserId,
        moment: &Moment,
    ) -> Result<Effects, Error> {
        self.require_unmatched("matched")?;
        self.matched_to = Some(CreditMatch::Reference(reference));
        self.make_available(CreditStatus::Matched, books, fees, by, moment)
    }

    /// Keeps the money without a charge. It pays the fee of a charge.
    pub fn keep(
        &mut self,
        books: &mut Books,
        fees: &FeeSchedule,
        by: UserId,
        moment: &Moment,
    ) -> Result<Effects, Error> {
        self.require_unmatched("kept")?;
        self.make_available(CreditStatus::Kept, books, fees, by, moment)
    }

    fn make_available(
        &mut self,
        status: CreditStatus,
        books: &mut Books,
        fees: &FeeSchedule,
        by: UserId,
        moment: &Moment,
    ) -> Result<Effects, Error> {
        let mut effects = Effects::default();
        self.fees_cents = fees.fee_cents(self.amount_cents());
        let kept = Posting::new(EntryKind::CreditKept, self.amount_cents());
        let fee = Posting::new(EntryKind::CreditFee, self.fees_cents);
        books.post(&self.entry_context(), &[kept, fee], moment, &mut effects)?;
        self.decide(status, by, moment, &mut effects)?;
        Ok(effects)
    }

    /// Starts the return of the whole amount to the payer. `by` is none if the rule of the account
    /// returns the credit. The money leaves the account `unmatched` when the network has returned it.
    pub fn begin_return(
        &mut self,
        reason: Option<String>,
        by: Option<UserId>,
        moment: &Moment,
    ) -> Result<(), Error> {
        self.require_unmatched("returned")?;
        if !self.is_returnable(moment.now) {
            let detail = "the network no longer accepts the return of the payment; keep the credit \
                          and send the money with a payout";
            return Err(Error::refused(Code::RefundWindowClosed, detail));
        }
        let number = self.last_return.as_ref().map_or(0, |last| last.number) + 1;
        // Letters and digits, at most 35 of them. A rejected order keeps its id, so each return has
        // an id of its own.
        let order_id = match number {
            1 => self.id.ulid().to_string(),
            _ => format!("{}R{number}", self.id.ulid()),
        };
        let submission = Submission::new(order_id, self.report.end_to_end_id(), moment.now);
        let (return_id, failure) = (None, None);
        self.last_return = Some(CreditReturn { submission, number, reason, return_id, failure });
        self.decided_by = by;
        self.due = Some(Due { at: moment.now, step: CreditStep::Submit });
        let event = self.enter(CreditStatus::Returning)?;
        self.record_status(event, None, moment, &mut Effects::default());
        Ok(())
    }

    /// Returns the time from which the network accepts no return. Returns `None` if the method has no
    /// returns.
    pub fn return_window_ends_at(&self) -> Option<Timestamp> {
        let window: SignedDuration = self.report.method.refundable_for()?;
        self.report.paid_at.checked_add(window).ok()
    }

    /// Returns the time of a return that is planned for `at`: earlier, if the network accepts none by then.
    /// Returns `None` if the network accepts none any more.
    fn returnable_at(&self, at: Timestamp, now: Timestamp) -> Option<Timestamp> {
        let last = self.return_window_ends_at()?.checked_sub(RETURN_MARGIN).ok()?;
        (now < last).then_some(at.min(last))
    }

    /// Returns true if the network still accepts the return of the payment.
    pub(super) fn is_returnable(&self, now: Timestamp) -> bool {
        self.return_window_ends_at().is_some_and(|ends| now < ends)
    }

    fn decide(
        &mut self,
        status: CreditStatus,
        by: UserId,
        moment: &Moment,
        effects: &mut Effects,
    ) -> Result<(), Error> {
        self.decided_by = Some(by);
        self.end(status, None, moment, effects)
    }

    /// Enters a status in which nothing is due.
    pub(super) fn end(
        &mut self,
        status: CreditStatus,
        reason: Option<String>,
        moment: &Moment,
        effects: &mut Effects,
    ) -> Result<(), Error> {
        self.due = None;
        let event = self.enter(status)?;
        self.record_status(event, reason, moment, effects);
        Ok(())
    }

    /// Records that the credit is in its status now, and the event of the change.
    fn record_status(
        &mut self,
        event: Option<EventType>,
        reason: Option<String>,
        moment: &Moment,
        effects: &mut Effects,
    ) {
        self.status_history.push(StatusChange { status: self.status, at: moment.now, reason });
        effects.collect_positions(TransactionRef::Credit(self.id), &mut self.entries);
        let Some(kind) = event else { return };
        let object = serde_json::to_value(CreditView::from(&*self))
            .expect("a view has string keys and no floats, so it always serialises");
        let id = self.id.to_string();
        effects.events.push(self.history.record(kind, self.account_id, id, object, moment));
    }

    fn require_unmatched(&self, participle: &str) -> Result<(), Error> {
        match self.status {
            CreditStatus::Unmatched => Ok(()),
            _ => Err(self.not_in_state_to(participle)),
        }
    }

    pub(super) fn not_in_state_to(&self, participle: &str) -> Error {
        let detail = format!("the credit is {} and cannot be {participle}", self.status.as_str());
        Error::conflict(Code::CreditState, detail)
    }
}
