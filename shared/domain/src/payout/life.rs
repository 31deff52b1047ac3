//! The lifecycle of a payout before the network: open, approve, review, release, cancel, expire.
use super::method::travels_from;
use crate::account::FeeSchedule;
use crate::event::{EventType, History, Lifecycle, Transition};
use crate::kernel::{
    AccountId, Code, Due, Error, Failure, FailureCode, Moment, PayoutId, StatusChange, UserId,
};
use crate::kyc::KycRequest;
use crate::ledger::{Effects, Funds, PayoutLimits, TransactionRef};
use crate::network::{Recipient, Submission};
use crate::payout::{
    NewPayout, Payout, PayoutMethod, PayoutSettings, PayoutStatus, PayoutStep, PayoutView,
};
use brazil::{EndToEndId, EndToEndIdKind};
use jiff::Timestamp;

/// Reason of a payout that is scheduled again: the hours of TED were over when Trilho was about to send
/// it. It is no failure, because the payout waits for the next hours.
const TED_CLOSED: &str = "ted_closed";

/// The terms under which an account opens and releases payouts.
#[derive(Debug, Clone)]
pub struct Terms {
    /// Fees of a payout.
    pub fees: FeeSchedule,
    /// Approval, review and limits of the account.
    pub settings: PayoutSettings,
    /// ISPB of the participant that sends the payout, 8 characters; part of the end-to-end id.
    pub ispb: &'static str,
}

impl Lifecycle for Payout {
    type Status = PayoutStatus;

    const NAME: &'static str = "payout";
    const TRANSITIONS: &'static [Transition<PayoutStatus>] = {
        use PayoutStatus::{
            AwaitingApproval, AwaitingFunds, Cancelled, InReview, Paid, Processing, Rejected,
            Returned, Scheduled,
        };
        &[
            Transition::create(AwaitingFunds, Some(EventType::PayoutCreated)),
            Transition::create(AwaitingApproval, Some(EventType::PayoutCreated)),
            Transition::create(InReview, Some(EventType::PayoutCreated)),
            Transition::create(Scheduled, Some(EventType::PayoutCreated)),
            Transition::create(Processing, Some(EventType::PayoutCreated)),
            Transition::event(AwaitingFunds, AwaitingApproval, EventType::PayoutAwaitingApproval),
            Transition::event(AwaitingFunds, InReview, EventType::PayoutInReview),
            Transition::event(AwaitingFunds, Scheduled, EventType::PayoutScheduled),
            Transition::event(AwaitingFunds, Processing, EventType::PayoutProcessing),
            Transition::event(AwaitingFunds, Rejected, EventType::PayoutRejected),
            Transition::event(AwaitingFunds, Cancelled, EventType::PayoutCancelled),
            Transition::event(
                AwaitingApproval,
                AwaitingApproval,
                EventType::PayoutAwaitingApproval,
            ),
            Transition::event(AwaitingApproval, InReview, EventType::PayoutInReview),
            Transition::event(AwaitingApproval, Scheduled, EventType::PayoutScheduled),
            Transition::event(AwaitingApproval, Processing, EventType::PayoutProcessing),
            Transition::event(AwaitingApproval, Rejected, EventType::PayoutRejected),
            Transition::event(AwaitingApproval, Cancelled, EventType::PayoutCancelled),
            Transition::event(InReview, InReview, EventType::PayoutInReview),
            Transition::event(InReview, AwaitingApproval, EventType::PayoutAwaitingApproval),
            Transition::event(InReview, Scheduled, EventType::PayoutScheduled),
            Transition::event(InReview, Processing, EventType::PayoutProcessing),
            Transition::event(InReview, Rejected, EventType::PayoutRejected),
            Transition::event(InReview, Cancelled, EventType::PayoutCancelled),
            Transition::event(Scheduled, Scheduled, EventType::PayoutScheduled),
            Transition::event(Scheduled, InReview, EventType::PayoutInReview),
            Transition::event(Scheduled, Processing, EventType::PayoutProcessing),
            Transition::event(Scheduled, Rejected, EventType::PayoutRejected),
            Transition::event(Scheduled, Cancelled, EventType::PayoutCancelled),
            Transition::event(Processing, AwaitingApproval, EventType::PayoutAwaitingApproval),
            Transition::event(Processing, Paid, EventType::PayoutPaid),
            Transition::event(Processing, Rejected, EventType::PayoutRejected),
            Transition::event(Paid, Paid, EventType::PayoutReturned),
            Transition::event(Paid, Returned, EventType::PayoutReturned),
        ]
    };

    fn status_mut(&mut self) -> &mut PayoutStatus {
        &mut self.status
    }
}

impl Payout {
    /// Opens a payout and holds its money. A payout that may wait for funds waits if the balance is too
    /// low.
    pub fn open(
        id: PayoutId,
        (account_id, created_by): (AccountId, UserId),
        new: NewPayout,
        terms: &Terms,
        funds: &mut Funds,
        moment: &Moment,
    ) -> Result<(Self, Effects), Error> {
        let settings = &terms.settings;
        settings.limits.check_one(new.amount_cents)?;
        let method = new.to.method();
        let from = travels_from(method, new.scheduled_for.unwrap_or(moment.now), moment.now);
        let named = new.known_owner.as_deref();
        let recipient = named.map(|it| Recipient::of_key(&it.owner, it.checked_at));
        let approvals_needed = new.approvals_needed(settings, moment.now);
        let cools_until = new.cools_until(settings, moment.now);
        let is_check = new.is_check();
        let reviewed_from = settings.review_from_cents.filter(|_| !is_check);
        let mut payout = Self {
            id,
            account_id,
            status: PayoutStatus::Processing,
            amount_cents: new.amount_cents,
            fees_cents: terms.fees.fee_cents(new.amount_cents),
            returned_amount_cents: 0,
            method,
            to: new.to,
            beneficiary: new.beneficiary,
            description: new.description,
            reference: new.reference,
            metadata: new.metadata,
            scheduled_for: (from > moment.now).then_some(from),
            wait_for_funds: new.wait_for_funds,
            approvals_needed,
            cools_until,
            saved: new.saved,
            needs_kyc: settings
                .kyc_from_cents
                .is_some_and(|from| !is_check && new.amount_cents >= from),
            kyc: None,
            needs_review: reviewed_from.is_some_and(|from| new.amount_cents >= from),
            bound_to_owner: new.known_owner.is_some(),
            key_owner_since: new.known_owner.is_some().then_some(moment.now),
            key_owner: new.known_owner,
            approvals: Vec::new(),
            rejection: None,
            reviewed_by: None,
            submission: None,
            recipient,
            returns: Vec::new(),
            status_history: Vec::new(),
            failure: None,
            created_at: moment.now,
            created_by,
            batch_id: new.batch_id,
            due: None,
            entries: Vec::new(),
            history: History::default(),
            version: 0,
        };
        let mut effects = Effects::default();
        let status = payout.reserve_funds(terms, funds, moment, &mut effects)?;
        payout.status = status;
        if status == PayoutStatus::AwaitingFunds {
            payout.start_waiting(funds)?;
        }
        let event = Self::transition(None, status)?;
        payout.record_status(event, None, moment, &mut effects);
        payout.record_kyc(moment, &mut effects)?;
        Ok((payout, effects))
    }

    /// Returns the next status of a payout with a hold: the first condition that is not met yet. Releases
    /// the payout if all are met.
    pub(super) fn next(
        &mut self,
        terms: &Terms,
        funds: &mut Funds,
        moment: &Moment,
    ) -> Result<PayoutStatus, Error> {
        let expires_at = || funds.hold.as_ref().and_then(|hold| hold.expires_at);
        let due = |at: Option<Timestamp>, step| at.map(|at| Due { at, step });
        if self.lacks_approvals() {
            self.due = expires_at().map(|at| self.approval_step(at, moment.now));
            return Ok(PayoutStatus::AwaitingApproval);
        }
        if self.needs_review && self.reviewed_by.is_none() {
            self.due = due(expires_at(), PayoutStep::Expire);
            return Ok(PayoutStatus::InReview);
        }
        if let Some(hold) = &mut funds.hold {
            hold.remove_expiry(moment)?;
        }
        let earliest = self.scheduled_for.map_or(moment.now, |at| at.max(moment.now));
        let from = travels_from(self.method, earliest, moment.now);
        if from > moment.now {
            self.scheduled_for = Some(from);
            self.due = due(Some(from), PayoutStep::StartScheduled);
            return Ok(PayoutStatus::Scheduled);
        }
        self.release(&terms.settings.limits, terms.ispb, funds, moment)?;
        Ok(PayoutStatus::Processing)
    }

    /// Releases the payout to the network: counts it against the limits and gives it its order id.
    fn release(
        &mut self,
        limits: &PayoutLimits,
        ispb: &str,
        funds: &mut Funds,
        moment: &Moment,
    ) -> Result<(), Error> {
        funds.books.require_not_frozen()?;
        funds.books.require_no_debt()?;
        funds.books.outgoing_usage.admit(self.amount_cents, limits, moment.now)?;
        let end_to_end_id = match self.method {
            PayoutMethod::Ted => None,
            PayoutMethod::Pix => {
                let suffix = moment.base62(11);
                let id = EndToEndId::mint(EndToEndIdKind::Payment, ispb, moment.now, &suffix);
                Some(id.map_err(Error::internal)?)
            }
        };
        let order_id = end_to_end_id.as_ref().map_or(self.id.to_string(), ToString::to_string);
        self.submission = Some(Submission::new(order_id, end_to_end_id, moment.now));
        self.recipient = self.account_recipient().or_else(|| self.recipient.take());
        self.due = Some(Due { at: moment.now, step: PayoutStep::Submit });
        Ok(())
    }

    /// Passes the review. The user who created the payout and the user who approved it cannot.
    pub fn pass_review(
        &mut self,
        by: UserId,
        terms: &Terms,
        funds: &mut Funds,
        moment: &Moment,
    ) -> Result<Effects, Error> {
        self.require_review_of_moderator("released", moment)?;
        self.require_another(by, "release")?;
        if self.is_approved_by(by) {
            let detail = "the user who approved a payout cannot release it; ask another moderator";
            return Err(Error::forbidden(Code::SecondUserNeeded, detail));
        }
        self.reviewed_by = Some(by);
        self.proceed(terms, funds, moment)
    }

    pub(super) fn require_another(&self, by: UserId, verb: &str) -> Result<(), Error> {
        if by != self.created_by {
            return Ok(());
        }
        Err(Error::forbidden(
            Code::SecondUserNeeded,
            format!("the user who created a payout cannot {verb} it; ask another user"),
        ))
    }

    /// Rejects the payout in review.
    pub fn fail_review(
        &mut self,
        by: UserId,
        funds: &mut Funds,
        moment: &Moment,
    ) -> Result<Effects, Error> {
        self.require_review_of_moderator("rejected", moment)?;
        self.reviewed_by = Some(by);
        let failure = Some(FailureCode::ReviewRejected.into());
        self.end(PayoutStatus::Rejected, failure, funds, moment)
    }

    /// Requires that the payout waits for a moderator, and not for compliance.
    fn require_review_of_moderator(&self, participle: &str, moment: &Moment) -> Result<(), Error> {
        self.require_status(PayoutStatus::InReview, participle, moment)?;
        let Some(kyc) = self.kyc.filter(|_| self.waits_for_kyc()) else { return Ok(()) };
        let detail = format!(
            "the payout waits for compliance and cannot be {participle} by a moderator; answer {} or cancel the payout",
            kyc.request_id
        );
        Err(Error::conflict(Code::PayoutState, detail))
    }

    /// Cancels the payout before it is released, and the KYC request for which it waits.
    pub fn cancel(
        &mut self,
        request: Option<KycRequest>,
        funds: &mut Funds,
        moment: &Moment,
    ) -> Result<Effects, Error> {
        let waits = matches!(
            self.status,
            PayoutStatus::AwaitingFunds
                | PayoutStatus::AwaitingApproval
                | PayoutStatus::InReview
                | PayoutStatus::Scheduled
        );
        if !waits || self.expired_at(moment.now).is_some() {
            return Err(self.clone().as_of(moment.now).not_in_state_to("cancelled"));
        }
        let mut cancelled = Effects::default();
        self.cancel_kyc(request, moment, &mut cancelled)?;
        cancelled.append(self.end(PayoutStatus::Cancelled, None, funds, moment)?);
        Ok(cancelled)
    }

    /// Executes the due step if it needs no call to the network. Returns `None` if no such step is due.
    pub fn advance(
        &mut self,
        terms: &Terms,
        funds: &mut Funds,
        moment: &Moment,
    ) -> Result<Option<Effects>, Error> {
        let Some(due) = self.due.clone().filter(|due| due.is_due(moment.now)) else {
            return Ok(None);
        };
        match due.step {
            // The payout ended while a worker called the network.
            PayoutStep::Submit | PayoutStep::Query if self.status != PayoutStatus::Processing => {
                self.due = None;
                Ok(Some(Effects::default()))
            }
            PayoutStep::Submit | PayoutStep::Query => Ok(None),
            PayoutStep::ApplyUpdate { update } => {
                self.due = None;
                self.apply_update(&update, funds, moment).map(Some)
            }
            PayoutStep::CheckOwner { expires_at } if moment.now < expires_at => Ok(None),
            PayoutStep::CheckOwner { .. } | PayoutStep::Expire => {
                self.expire(funds, moment).map(Some)
            }
            PayoutStep::ReserveFunds => self.end_wait(funds, moment).map(Some),
            PayoutStep::StartScheduled => self.proceed_or_reject(terms, funds, moment).map(Some),
        }
    }

    fn expire(&mut self, funds: &mut Funds, moment: &Moment) -> Result<Effects, Error> {
        let (mut effects, code) = (Effects::default(), FailureCode::NotApprovedInTime);
        self.failure = Some(code.into());
        if let Some(hold) = &mut funds.hold {
            hold.expire(&self.entry_context(), &mut funds.books, moment, &mut effects)?;
        }
        self.change(PayoutStatus::Rejected, Some(code.as_str()), moment, &mut effects)?;
        Ok(effects)
    }

    /// Moves to the next status.
    pub(super) fn proceed(
        &mut self,
        terms: &Terms,
        funds: &mut Funds,
        moment: &Moment,
    ) -> Result<Effects, Error> {
        let mut effects = Effects::default();
        let was = self.status;
        let status = self.next(terms, funds, moment)?;
        let again = was == PayoutStatus::Scheduled && status == was;
        self.change(status, again.then_some(TED_CLOSED), moment, &mut effects)?;
        Ok(effects)
    }

    /// Moves to the next status without a user who waits for an answer. A limit, which would refuse the
    /// request of a user, ends the payout.
    fn proceed_or_reject(
        &mut self,
        terms: &Terms,
        funds: &mut Funds,
        moment: &Moment,
    ) -> Result<Effects, Error> {
        self.proceed(terms, funds, moment).or_else(|error| {
            let code = limit_reached(error)?;
            self.end(PayoutStatus::Rejected, Some(code.into()), funds, moment)
        })
    }

    /// Ends a payout that was not paid: releases the hold.
    pub(super) fn end(
        &mut self,
        status: PayoutStatus,
        failure: Option<Failure>,
        funds: &mut Funds,
        moment: &Moment,
    ) -> Result<Effects, Error> {
        let mut effects = Effects::default();
        let reason = failure.as_ref().map(|failure| failure.code.as_str());
        self.failure = failure;
        funds.release(&self.entry_context(), moment, &mut effects)?;
        self.stop_waiting(funds);
        if let Some(submission) = &self.submission {
            funds.books.outgoing_usage.take_back(self.amount_cents, submission.queued_at);
        }
        self.change(status, reason, moment, &mut effects)?;
        Ok(effects)
    }

    pub(super) fn end_after(
        &mut self,
        mut effects: Effects,
        code: FailureCode,
        funds: &mut Funds,
        moment: &Moment,
    ) -> Result<Effects, Error> {
        effects.append(self.end(PayoutStatus::Rejected, Some(code.into()), funds, moment)?);
        Ok(effects)
    }

    /// Changes the status and records the event of the change.
    pub(super) fn change(
        &mut self,
        status: PayoutStatus,
        reason: Option<&str>,
        moment: &Moment,
        effects: &mut Effects,
    ) -> Result<(), Error> {
        let event = self.enter(status)?;
        self.record_status(event, reason, moment, effects);
        Ok(())
    }

    fn record_status(
        &mut self,
        event: Option<EventType>,
        reason: Option<&str>,
        moment: &Moment,
        effects: &mut Effects,
    ) {
        let ended = matches!(
            self.status,
            PayoutStatus::Paid
                | PayoutStatus::Rejected
                | PayoutStatus::Returned
                | PayoutStatus::Cancelled
        );
        if ended {
            self.due = None;
        }
        let (status, reason) = (self.status, reason.map(str::to_owned));
        self.status_history.push(StatusChange { status, at: moment.now, reason });
        self.record(event, moment, effects);
    }

    /// Records the event of a change, if it has one.
    pub(super) fn record(
        &mut self,
        event: Option<EventType>,
        moment: &Moment,
        effects: &mut Effects,
    ) {
        let Some(kind) = event else { return };
        effects.collect_positions(TransactionRef::Payout(self.id), &mut self.entries);
        let object = serde_json::to_value(PayoutView::from(&*self))
            .expect("a view has string keys and no floats, so it always serialises");
        let id = self.id.to_string();
        effects.events.push(self.history.record(kind, self.account_id, id, object, moment));
    }

    pub(super) fn require_status(
        &self,
        status: PayoutStatus,
        participle: &str,
        moment: &Moment,
    ) -> Result<(), Error> {
        let now = self.clone().as_of(moment.now);
        match now.status == status {
            true => Ok(()),
            false => Err(now.not_in_state_to(participle)),
        }
    }
}

/// Returns the code that ends a payout if a limit refused it.
///
/// # Errors
/// Any other error.
pub(super) fn limit_reached(error: Error) -> Result<FailureCode, Error> {
    match error {
        Error::Refused { code: Code::PayoutLimit, .. } => Ok(FailureCode::PayoutLimit),
        Error::Refused { code: Code::InsufficientFunds, .. } => Ok(FailureCode::InsufficientFunds),
        other => Err(other),
    }
}
