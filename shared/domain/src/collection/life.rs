//! How a collection changes.

use crate::collection::{
    CancelReason, Collection, CollectionStatus, CollectionStep, CollectionView, Consent,
    NewCollection,
};
use crate::event::{Event, EventType, History, Lifecycle, Transition};
use crate::kernel::{AccountId, Code, CollectionId, Due, Error, Moment, StatusChange, UserId};
use jiff::SignedDuration;

impl Lifecycle for Collection {
    type Status = CollectionStatus;

    const NAME: &'static str = "collection";
    const TRANSITIONS: &'static [Transition<CollectionStatus>] = {
        use CollectionStatus::{
            Cancelled, Checking, Expired, NeedsCorrection, Open, Opened, Submitted, Verified,
        };
        use EventType::{
            CollectionCancelled, CollectionExpired, CollectionNeedsCorrection, CollectionOpened,
            CollectionSubmitted, CollectionVerified,
        };
        &[
            Transition::create(Open, None),
            Transition::event(Open, Opened, CollectionOpened),
            Transition::event(Opened, Submitted, CollectionSubmitted),
            Transition::event(NeedsCorrection, Submitted, CollectionSubmitted),
            Transition::silent(Submitted, Checking),
            Transition::silent(Checking, Submitted),
            Transition::event(Checking, Verified, CollectionVerified),
            Transition::event(Checking, NeedsCorrection, CollectionNeedsCorrection),
            Transition::event(Open, Expired, CollectionExpired),
            Transition::event(Opened, Expired, CollectionExpired),
            Transition::event(NeedsCorrection, Expired, CollectionExpired),
            Transition::event(Submitted, Expired, CollectionExpired),
            Transition::event(Checking, Expired, CollectionExpired),
            Transition::event(Open, Cancelled, CollectionCancelled),
            Transition::event(Opened, Cancelled, CollectionCancelled),
            Transition::event(NeedsCorrection, Cancelled, CollectionCancelled),
            Transition::event(Submitted, Cancelled, CollectionCancelled),
            Transition::event(Checking, Cancelled, CollectionCancelled),
        ]
    };

    fn status_mut(&mut self) -> &mut CollectionStatus {
        &mut self.status
    }
}

impl Collection {
    /// Makes a collection.
    pub fn create(
        id: CollectionId,
        (account_id, created_by): (AccountId, UserId),
        new: NewCollection,
        moment: &Moment,
    ) -> Self {
        let days = SignedDuration::from_hours(24 * i64::from(new.expires_in_days));
        let (status, expires_at) = (CollectionStatus::Open, moment.now + days);
        Self {
            id,
            account_id,
            created_by,
            status,
            ask: new.ask,
            link_digest: new.link_digest,
            document: Some((&new.document).into()),
            sealed: Some(new.sealed),
            amount_cents: new.amount_cents,
            locale: new.locale,
            message: new.message,
            reference: new.reference,
            code: None,
            codes_sent: 0,
            wrong_codes: 0,
            checks: 0,
            unanswered: 0,
            consent: None,
            beneficiary_id: None,
            cancel_reason: None,
            created_at: moment.now,
            expires_at,
            status_history: vec![StatusChange { status, at: moment.now, reason: None }],
            due: Some(Due { at: expires_at, step: CollectionStep::Expire }),
            history: History::default(),
            version: 0,
        }
    }

    /// Takes the Pix key of the beneficiary, which is in `sealed`, and ends the code that led to it.
    ///
    /// # Errors
    /// `collection_state` if no form is open.
    pub fn submit(
        &mut self,
        sealed: String,
        consent: Consent,
        moment: &Moment,
    ) -> Result<Event, Error> {
        if self.entered_code(moment.now).is_none() {
            let detail = "the link does not wait for a Pix key";
            return Err(Error::conflict(Code::CollectionState, detail));
        }
        self.sealed = Some(sealed);
        self.consent = Some(consent);
        self.code = None;
        self.due = Some(Due { at: moment.now, step: CollectionStep::Check });
        let event = self.enter_and_record(CollectionStatus::Submitted, moment)?;
        event.ok_or_else(|| Error::internal("a submission has an event"))
    }

    /// Cancels the link, and erases the personal data.
    ///
    /// # Errors
    /// `collection_state` if it has ended.
    pub fn cancel(&mut self, moment: &Moment) -> Result<Event, Error> {
        if self.status.is_ended() {
            let detail = format!("the collection is {} already", self.status.as_str());
            return Err(Error::conflict(Code::CollectionState, detail));
        }
        self.end_by(CancelReason::Requested, moment)
    }

    /// Cancels the collection for this reason.
    pub(super) fn end_by(&mut self, reason: CancelReason, moment: &Moment) -> Result<Event, Error> {
        self.cancel_reason = Some(reason);
        self.end(CollectionStatus::Cancelled, moment)
    }

    /// Ends the collection and erases the personal data. The beneficiary of a verified one is saved, so only
    /// the masked document and the message stay; of any other one the consent, amount and reference stay.
    pub(super) fn end(&mut self, to: CollectionStatus, moment: &Moment) -> Result<Event, Error> {
        (self.sealed, self.code, self.due) = (None, None, None);
        if to != CollectionStatus::Verified {
            (self.document, self.message) = (None, None);
        }
        let event = self.enter_and_record(to, moment)?;
        event.ok_or_else(|| Error::internal("the end of a collection has an event"))
    }

    /// Changes the status, and returns its event. The object of the event is masked.
    pub(super) fn enter_and_record(
        &mut self,
        to: CollectionStatus,
        moment: &Moment,
    ) -> Result<Option<Event>, Error> {
        let kind = self.enter(to)?;
        // A check that is deferred for days must not make the row grow.
        if !matches!(to, CollectionStatus::Checking) && self.is_news(to) {
            self.status_history.push(StatusChange { status: to, at: moment.now, reason: None });
        }
        let Some(kind) = kind else { return Ok(None) };
        let object = serde_json::to_value(CollectionView::from(&*self))
            .expect("a view has string keys and no floats, so it always serialises");
        Ok(Some(self.history.record(kind, self.account_id, self.id.to_string(), object, moment)))
    }

    fn is_news(&self, to: CollectionStatus) -> bool {
        self.status_history.last().is_none_or(|last| last.status != to)
    }
}
