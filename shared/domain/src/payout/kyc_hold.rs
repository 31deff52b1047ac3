//! A payout that waits for a KYC request: how it stops, and how the decision lets it go on or ends it.
//!
//! Payout and request change in one transaction. While the payout waits, only the request has a clock, so
//! its hold does not expire (docs/adr/0053).
use crate::event::{EventType, Lifecycle};
use crate::kernel::{Error, Failure, FailureCode, Moment};
use crate::kyc::{KycCase, KycRequest, KycStep, NewKycRequest};
use crate::ledger::{Effects, Funds};
use crate::payout::{DECISION_TIMEOUT, Payout, PayoutKyc, PayoutStatus, Terms};
use brazil::DocumentKind;

/// Reason of the status of a payout that waits for its KYC request.
const KYC: &str = "kyc";

impl Payout {
    /// Returns true if the payout waits for the decision of compliance.
    pub fn waits_for_kyc(&self) -> bool {
        self.status == PayoutStatus::InReview && self.kyc.is_some_and(|kyc| kyc.passed_at.is_none())
    }

    /// Returns true if the payout must stop for a request that it does not have yet.
    pub(super) fn must_open_kyc(&self) -> bool {
        self.needs_kyc && self.kyc.is_none()
    }

    /// Opens the request and stops the payout. The caller enters the status.
    pub(super) fn open_kyc(
        &mut self,
        cases: Vec<KycCase>,
        moment: &Moment,
        effects: &mut Effects,
    ) -> Result<(), Error> {
        // A case about the beneficiary is refused before if the beneficiary is not known.
        let person = self.kind_of_beneficiary().unwrap_or(DocumentKind::Cpf);
        let new = NewKycRequest { payout_id: self.id, cases, person };
        let (request, event) = KycRequest::open(self.account_id, new, moment)?;
        let (request_id, deadline) = (request.id, request.deadline);
        self.kyc = Some(PayoutKyc { request_id, deadline, passed_at: None });
        self.due = None;
        effects.events.push(event);
        effects.kyc_requests.push(request);
        Ok(())
    }

    /// Opens the request that the amount of a new or newly funded payout demands.
    pub(super) fn open_kyc_by_rule(
        &mut self,
        moment: &Moment,
        effects: &mut Effects,
    ) -> Result<PayoutStatus, Error> {
        self.open_kyc(vec![KycCase::PayoutPurpose], moment, effects)?;
        Ok(PayoutStatus::InReview)
    }

    /// Returns whether the beneficiary is a person or a company. Returns `None` if neither the caller nor the
    /// directory named the beneficiary.
    pub fn kind_of_beneficiary(&self) -> Option<DocumentKind> {
        let named = self.document().map(|document| document.kind());
        named.or_else(|| self.key_owner.as_ref().map(|checked| checked.owner.document.kind()))
    }

    /// Stops a payout that has not left until compliance decides. A payout without funds stops as soon as it
    /// has them.
    ///
    /// # Errors
    /// `payout_state` if the payout was sent or ended, or if it had a request before.
    pub fn stop_for_kyc(
        &mut self,
        cases: Vec<KycCase>,
        funds: &mut Funds,
        moment: &Moment,
    ) -> Result<Effects, Error> {
        let mut effects = Effects::default();
        if self.kyc.is_some() || self.expired_at(moment.now).is_some() {
            return Err(self.clone().as_of(moment.now).not_in_state_to("stopped for KYC again"));
        }
        match self.status {
            PayoutStatus::AwaitingFunds => {
                self.needs_kyc = true;
                return Ok(effects);
            }
            PayoutStatus::AwaitingApproval | PayoutStatus::InReview | PayoutStatus::Scheduled => {}
            _ => return Err(self.not_in_state_to("stopped for KYC")),
        }
        self.needs_kyc = true;
        self.open_kyc(cases, moment, &mut effects)?;
        if let Some(hold) = &mut funds.hold {
            hold.remove_expiry(moment)?;
        }
        self.change(PayoutStatus::InReview, Some(KYC), moment, &mut effects)?;
        Ok(effects)
    }

    /// Approves the request and lets the payout go on to what it needs next: approvals, the review of a
    /// moderator, its time, or the network.
    ///
    /// # Errors
    /// Those of [`KycRequest`] if a document is not approved; those of a release, such as `payout_limit`.
    pub fn pass_kyc(
        &mut self,
        mut request: KycRequest,
        terms: &Terms,
        funds: &mut Funds,
        moment: &Moment,
    ) -> Result<Effects, Error> {
        self.require_kyc(&request)?;
        request.approve(moment)?;
        if let Some(kyc) = &mut self.kyc {
            (kyc.deadline, kyc.passed_at) = (None, Some(moment.now));
        }
        // The time for the decisions of the account's people begins now.
        let needs_people =
            self.lacks_approvals() || self.needs_review && self.reviewed_by.is_none();
        if let Some(hold) = funds.hold.as_mut().filter(|_| needs_people) {
            hold.restore_expiry(moment.now + DECISION_TIMEOUT, moment)?;
        }
        let mut effects = self.proceed(terms, funds, moment)?;
        effects.kyc_requests.push(request);
        Ok(effects)
    }

    /// Rejects the request and the payout: its money is available again.
    pub fn fail_kyc(
        &mut self,
        mut request: KycRequest,
        message: Option<String>,
        funds: &mut Funds,
        moment: &Moment,
    ) -> Result<Effects, Error> {
        self.require_kyc(&request)?;
        request.reject(message, moment)?;
        self.end_with_kyc(request, FailureCode::KycRejected, funds, moment)
    }

    /// Ends a request whose deadline is over, and the payout: its money is available again. Returns `None` if
    /// the request is not due.
    pub fn expire_kyc(
        &mut self,
        mut request: KycRequest,
        funds: &mut Funds,
        moment: &Moment,
    ) -> Result<Option<Effects>, Error> {
        if request.due_step(moment.now) != Some(KycStep::Expire) {
            return Ok(None);
        }
        self.require_kyc(&request)?;
        request.expire(moment)?;
        self.end_with_kyc(request, FailureCode::KycExpired, funds, moment).map(Some)
    }

    /// Cancels the request of a payout that is cancelled.
    pub(super) fn cancel_kyc(
        &self,
        request: Option<KycRequest>,
        moment: &Moment,
        effects: &mut Effects,
    ) -> Result<(), Error> {
        if !self.waits_for_kyc() {
            return Ok(());
        }
        let mut request = request.ok_or(Error::Stale)?;
        request.cancel(moment)?;
        effects.kyc_requests.push(request);
        Ok(())
    }

    /// Copies the deadline of the request, which pauses and continues.
    pub fn follow_kyc(&mut self, request: &KycRequest) {
        if let Some(kyc) = &mut self.kyc {
            kyc.deadline = request.deadline;
        }
    }

    /// Requires that the payout waits for this request. Both are read together and change together.
    fn require_kyc(&self, request: &KycRequest) -> Result<(), Error> {
        match self.waits_for_kyc() && self.kyc.is_some_and(|kyc| kyc.request_id == request.id) {
            true => Ok(()),
            false => Err(self.not_in_state_to("decided by compliance")),
        }
    }

    fn end_with_kyc(
        &mut self,
        request: KycRequest,
        code: FailureCode,
        funds: &mut Funds,
        moment: &Moment,
    ) -> Result<Effects, Error> {
        if let Some(kyc) = &mut self.kyc {
            kyc.deadline = None;
        }
        let failure = Failure::from(code);
        let mut effects = self.end(PayoutStatus::Rejected, Some(failure), funds, moment)?;
        effects.kyc_requests.push(request);
        Ok(effects)
    }

    /// Records the event of a new payout that waits for compliance, with the id and the deadline of its request. The event
    /// follows the one of the creation.
    pub(super) fn record_kyc(
        &mut self,
        moment: &Moment,
        effects: &mut Effects,
    ) -> Result<(), Error> {
        if self.waits_for_kyc() {
            let event = self.remain(EventType::PayoutInReview)?;
            self.record(event, moment, effects);
        }
        Ok(())
    }
}
