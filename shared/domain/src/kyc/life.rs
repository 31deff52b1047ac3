//! How a KYC request changes. Its payout changes in the same transaction (`payout/kyc_hold.rs`).

use super::deadline::{KYC_DAYS, days_left, deadline_after, reminder_before};
use crate::event::{Event, EventType, History, Lifecycle, Transition};
use crate::kernel::{AccountId, Code, Due, Error, KycRequestId, Moment, StatusChange};
use crate::kyc::{
    KycDocumentStatus, KycRequest, KycRequestView, KycRequirement, KycStatus, KycStep,
    NewKycRequest, requirements,
};
use jiff::Timestamp;

impl Lifecycle for KycRequest {
    type Status = KycStatus;

    const NAME: &'static str = "kyc";
    const TRANSITIONS: &'static [Transition<KycStatus>] = {
        use EventType::{
            KycDocumentApproved, KycDocumentRejected, KycDocumentRequested, KycRequestExpiring,
        };
        use KycStatus::{
            Approved, AwaitingDocuments, Cancelled, Expired, InReview, NeedsCorrection, Rejected,
        };
        &[
            Transition::create(AwaitingDocuments, Some(KycDocumentRequested)),
            Transition::event(AwaitingDocuments, AwaitingDocuments, KycDocumentRejected),
            Transition::event(AwaitingDocuments, AwaitingDocuments, KycRequestExpiring),
            Transition::silent(AwaitingDocuments, InReview),
            Transition::event(InReview, InReview, KycDocumentApproved),
            Transition::event(InReview, InReview, KycDocumentRejected),
            Transition::event(InReview, NeedsCorrection, KycDocumentRequested),
            Transition::event(NeedsCorrection, NeedsCorrection, KycDocumentRejected),
            Transition::event(NeedsCorrection, NeedsCorrection, KycRequestExpiring),
            Transition::silent(NeedsCorrection, InReview),
            Transition::silent(InReview, Approved),
            Transition::silent(AwaitingDocuments, Rejected),
            Transition::silent(InReview, Rejected),
            Transition::silent(NeedsCorrection, Rejected),
            Transition::silent(AwaitingDocuments, Expired),
            Transition::silent(NeedsCorrection, Expired),
            Transition::silent(AwaitingDocuments, Cancelled),
            Transition::silent(InReview, Cancelled),
            Transition::silent(NeedsCorrection, Cancelled),
        ]
    };

    fn status_mut(&mut self) -> &mut KycStatus {
        &mut self.status
    }
}

impl KycRequest {
    /// Opens a request. The event names the documents that it demands.
    pub fn open(
        account_id: AccountId,
        new: NewKycRequest,
        moment: &Moment,
    ) -> Result<(Self, Event), Error> {
        let status = KycStatus::AwaitingDocuments;
        let mut demanded: Vec<KycRequirement> = Vec::new();
        for requirement in new.cases.iter().flat_map(|case| requirements(*case, new.person)) {
            if demanded.iter().all(|one| one.kind != requirement.kind) {
                demanded.push(requirement);
            }
        }
        let mut request = Self {
            id: KycRequestId::of_payout(new.payout_id),
            account_id,
            payout_id: new.payout_id,
            status,
            cases: new.cases,
            requirements: demanded,
            documents: Vec::new(),
            messages: Vec::new(),
            deadline: None,
            days_left: None,
            submitted_at: None,
            due: None,
            created_at: moment.now,
            status_history: vec![StatusChange { status, at: moment.now, reason: None }],
            history: History::default(),
            version: 0,
        };
        request.start_clock(KYC_DAYS, moment.now)?;
        let kind = Self::transition(None, status)?;
        let event = request.event(kind, moment);
        Ok((request, event.ok_or_else(|| Error::internal("a new request has an event"))?))
    }

    /// Hands the documents to compliance and pauses the deadline.
    ///
    /// # Errors
    /// `kyc_request_state` unless the request waits for the account, `kyc_incomplete` if a demanded
    /// document is missing, not inspected, or rejected.
    pub fn submit(&mut self, moment: &Moment) -> Result<(), Error> {
        let deadline = self.require_turn_of_account("submitted", moment.now)?;
        use KycDocumentStatus::{Approved, InReview};
        if let Some(missing) = self.requirement_without(&[InReview, Approved]) {
            let detail = format!(
                "the request needs a `{}` that was inspected and not rejected; add one and repeat the request",
                missing.kind.as_str()
            );
            return Err(Error::conflict(Code::KycIncomplete, detail));
        }
        self.days_left = Some(days_left(deadline, moment.now));
        (self.deadline, self.due) = (None, None);
        self.submitted_at = Some(moment.now);
        self.change(KycStatus::InReview, moment).map(drop)
    }

    /// Asks the account for other documents; its deadline continues. The account has the rest of its days
    /// and at least one.
    ///
    /// # Errors
    /// `kyc_request_state` unless compliance examines the request, `kyc_incomplete` if every document is
    /// approved.
    pub fn correct(&mut self, message: Option<String>, moment: &Moment) -> Result<Event, Error> {
        self.require_in_review("corrected")?;
        if self.requirement_without(&[KycDocumentStatus::Approved]).is_none() {
            let detail = "every demanded document is approved; approve or reject the request";
            return Err(Error::conflict(Code::KycIncomplete, detail));
        }
        self.reply(message, moment.now)?;
        let days = self.days_left.take().unwrap_or(KYC_DAYS).max(1);
        self.start_clock(days, moment.now)?;
        let event = self.change(KycStatus::NeedsCorrection, moment)?;
        event.ok_or_else(|| Error::internal("a correction has an event"))
    }

    /// Approves the request. Only [`crate::payout::Payout::pass_kyc`] calls it, which releases the payout.
    pub(crate) fn approve(&mut self, moment: &Moment) -> Result<(), Error> {
        self.require_in_review("approved")?;
        if let Some(missing) = self.requirement_without(&[KycDocumentStatus::Approved]) {
            let detail = format!("the request has no approved `{}`", missing.kind.as_str());
            return Err(Error::conflict(Code::KycIncomplete, detail));
        }
        self.end(KycStatus::Approved, moment)
    }

    /// Rejects the request. The payout is rejected with it.
    pub(crate) fn reject(&mut self, message: Option<String>, moment: &Moment) -> Result<(), Error> {
        self.require_open("rejected", moment.now)?;
        self.reply(message, moment.now)?;
        self.end(KycStatus::Rejected, moment)
    }

    /// Cancels the request. The payout is cancelled with it.
    pub(crate) fn cancel(&mut self, moment: &Moment) -> Result<(), Error> {
        self.end(KycStatus::Cancelled, moment)
    }

    /// Ends a request whose deadline is over. The payout is rejected with it.
    pub(crate) fn expire(&mut self, moment: &Moment) -> Result<(), Error> {
        self.end(KycStatus::Expired, moment)
    }

    /// Returns the step that is due. After the deadline no reminder is due any more.
    pub fn due_step(&self, now: Timestamp) -> Option<KycStep> {
        let due = self.due.as_ref().filter(|due| due.is_due(now))?;
        Some(if self.is_overdue(now) { KycStep::Expire } else { due.step })
    }

    /// Reminds the account. Returns `None` if no reminder is due.
    pub fn remind(&mut self, moment: &Moment) -> Result<Option<Event>, Error> {
        let Some(deadline) = self.deadline else { return Ok(None) };
        if self.due_step(moment.now) != Some(KycStep::Remind) {
            return Ok(None);
        }
        self.due = Some(Due { at: deadline, step: KycStep::Expire });
        let kind = self.remain(EventType::KycRequestExpiring)?;
        Ok(self.event(kind, moment))
    }

    /// Returns true if the deadline is over, even if the scheduler has not written that yet.
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        self.status.awaits_account() && self.deadline.is_some_and(|deadline| deadline <= now)
    }

    fn start_clock(&mut self, days: u8, now: Timestamp) -> Result<(), Error> {
        let deadline = deadline_after(days, now)?;
        self.deadline = Some(deadline);
        self.due = Some(Due { at: reminder_before(deadline, now), step: KycStep::Remind });
        Ok(())
    }

    fn end(&mut self, to: KycStatus, moment: &Moment) -> Result<(), Error> {
        self.change(to, moment)?;
        (self.deadline, self.days_left, self.due) = (None, None, None);
        Ok(())
    }

    fn change(&mut self, to: KycStatus, moment: &Moment) -> Result<Option<Event>, Error> {
        let kind = self.enter(to)?;
        self.status_history.push(StatusChange { status: to, at: moment.now, reason: None });
        Ok(self.event(kind, moment))
    }

    /// Records an event. Its object has no texts.
    pub(super) fn event(&mut self, kind: Option<EventType>, moment: &Moment) -> Option<Event> {
        let object = serde_json::to_value(KycRequestView::from(&*self))
            .expect("a view has string keys and no floats, so it always serialises");
        let id = self.id.to_string();
        kind.map(|kind| self.history.record(kind, self.account_id, id, object, moment))
    }

    /// Returns a demanded kind that has no document in one of these statuses.
    fn requirement_without(&self, statuses: &[KycDocumentStatus]) -> Option<&KycRequirement> {
        self.requirements.iter().find(|requirement| {
            let mut documents = self.documents.iter().filter(|it| it.kind == requirement.kind);
            !documents.any(|document| statuses.contains(&document.status()))
        })
    }

    /// Requires that the account can answer, and returns the deadline.
    pub(super) fn require_turn_of_account(
        &self,
        participle: &str,
        now: Timestamp,
    ) -> Result<Timestamp, Error> {
        match self.deadline {
            Some(deadline) if self.status.awaits_account() && now < deadline => Ok(deadline),
            _ => Err(self.not_in_state_to(participle, now)),
        }
    }

    pub(super) fn require_in_review(&self, participle: &str) -> Result<(), Error> {
        match self.status {
            KycStatus::InReview => Ok(()),
            _ => Err(self.not_in_state_to(participle, self.created_at)),
        }
    }

    pub(super) fn require_open(&self, participle: &str, now: Timestamp) -> Result<(), Error> {
        match self.status.is_ended() || self.is_overdue(now) {
            false => Ok(()),
            true => Err(self.not_in_state_to(participle, now)),
        }
    }

    fn not_in_state_to(&self, participle: &str, now: Timestamp) -> Error {
        let status = match self.is_overdue(now) {
            true => KycStatus::Expired,
            false => self.status,
        };
        let detail = format!("the KYC request is {} and cannot be {participle}", status.as_str());
        Error::conflict(Code::KycRequestState, detail)
    }
}

#[cfg(test)]
mod tests;
