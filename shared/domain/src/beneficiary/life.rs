//! How a saved beneficiary changes. Each change records an event, and only an active one changes.

use crate::beneficiary::{
    BeneficiaryChange, BeneficiaryStatus, DESTINATIONS_MAX, NewSavedBeneficiary, SavedBeneficiary,
    SavedBeneficiaryView, SavedDestination,
};
use crate::event::{Event, EventType, History, Lifecycle, Transition};
use crate::kernel::{AccountId, BeneficiaryId, Code, DestinationId, Error, Id, Moment, UserId};
use crate::payout::PayoutDestination;

impl Lifecycle for SavedBeneficiary {
    type Status = BeneficiaryStatus;

    const NAME: &'static str = "beneficiary";
    const TRANSITIONS: &'static [Transition<BeneficiaryStatus>] = {
        use BeneficiaryStatus::{Active, Archived};
        &[
            Transition::create(Active, Some(EventType::BeneficiaryCreated)),
            Transition::event(Active, Active, EventType::BeneficiaryChanged),
            Transition::event(Active, Active, EventType::BeneficiaryVerified),
            Transition::event(Active, Archived, EventType::BeneficiaryArchived),
            Transition::event(Archived, Active, EventType::BeneficiaryReinstated),
        ]
    };

    fn status_mut(&mut self) -> &mut BeneficiaryStatus {
        &mut self.status
    }
}

impl SavedBeneficiary {
    /// Saves a beneficiary.
    pub fn save(
        id: BeneficiaryId,
        (account_id, created_by): (AccountId, UserId),
        new: NewSavedBeneficiary,
        moment: &Moment,
    ) -> Result<(Self, Event), Error> {
        let destination = |to| SavedDestination::new(to, created_by, moment);
        let mut beneficiary = Self {
            id,
            account_id,
            status: BeneficiaryStatus::Active,
            name: new.name,
            document: new.document,
            destinations: new.destinations.into_iter().map(destination).collect(),
            reference: new.reference,
            metadata: new.metadata,
            created_at: moment.now,
            created_by,
            archived_at: None,
            reinstated_at: None,
            history: History::default(),
            version: 0,
        };
        let event = Self::transition(None, BeneficiaryStatus::Active)?;
        let event = beneficiary.record(event, moment)?;
        Ok((beneficiary, event))
    }

    /// Changes name, reference and notes. Returns `None` if they are the same already.
    ///
    /// # Errors
    /// `beneficiary_state` if it is archived.
    pub fn change(
        &mut self,
        change: BeneficiaryChange,
        moment: &Moment,
    ) -> Result<Option<Event>, Error> {
        self.require_active()?;
        let before = self.clone();
        let BeneficiaryChange { name, reference, metadata } = change;
        self.name = name.unwrap_or_else(|| self.name.clone());
        self.reference = reference.unwrap_or_else(|| self.reference.clone());
        self.metadata = metadata.unwrap_or_else(|| self.metadata.clone());
        if *self == before {
            return Ok(None);
        }
        self.record_change(moment).map(Some)
    }

    /// Adds a destination.
    ///
    /// # Errors
    /// `beneficiary_state` if it is archived, has this destination, or has the most that it can have.
    pub fn add_destination(
        &mut self,
        to: PayoutDestination,
        by: UserId,
        moment: &Moment,
    ) -> Result<Event, Error> {
        self.require_active()?;
        if let Some(same) = self.destinations.iter().find(|destination| destination.to == to) {
            let detail = format!("the beneficiary has this destination already: {}", same.id);
            return Err(Error::conflict(Code::BeneficiaryState, detail));
        }
        if self.destinations.len() >= DESTINATIONS_MAX {
            let detail = format!(
                "the beneficiary has {DESTINATIONS_MAX} destinations, which is the limit; delete one first"
            );
            return Err(Error::conflict(Code::BeneficiaryState, detail));
        }
        self.destinations.push(SavedDestination::new(to, by, moment));
        self.record_change(moment)
    }

    /// Removes a destination.
    ///
    /// # Errors
    /// `not_found` if it has no such destination; `beneficiary_state` if it is archived, or if this is its
    /// last destination.
    pub fn remove_destination(
        &mut self,
        id: DestinationId,
        moment: &Moment,
    ) -> Result<Event, Error> {
        self.destination(id).ok_or(Error::NotFound(DestinationId::NOUN))?;
        self.require_active()?;
        if self.destinations.len() == 1 {
            let detail = "a beneficiary has at least one destination; add another one first, or archive \
                          the beneficiary";
            return Err(Error::conflict(Code::BeneficiaryState, detail));
        }
        self.destinations.retain(|destination| destination.id != id);
        self.record_change(moment)
    }

    /// Archives the beneficiary, which does not change from then on.
    ///
    /// # Errors
    /// `beneficiary_state` if it is archived.
    pub fn archive(&mut self, moment: &Moment) -> Result<Event, Error> {
        self.require_active()?;
        self.archived_at = Some(moment.now);
        // The result of a pending check would come too late.
        for destination in &mut self.destinations {
            destination.last_check = destination.last_check.filter(|check| !check.is_pending());
        }
        let event = self.enter(BeneficiaryStatus::Archived)?;
        self.record(event, moment)
    }

    /// Makes an archived beneficiary active again. Its destinations are new and unverified from then on.
    ///
    /// # Errors
    /// `beneficiary_state` if it is active.
    pub fn reinstate(&mut self, moment: &Moment) -> Result<Event, Error> {
        if self.status == BeneficiaryStatus::Active {
            let detail = "the beneficiary is active; there is nothing to reinstate";
            return Err(Error::conflict(Code::BeneficiaryState, detail));
        }
        self.archived_at = None;
        self.reinstated_at = Some(moment.now);
        // A key may have moved while nothing was paid to it.
        for destination in &mut self.destinations {
            (destination.verified_by, destination.verified_at) = (None, None);
        }
        let event = self.enter(BeneficiaryStatus::Active)?;
        self.record(event, moment)
    }

    pub(super) fn require_active(&self) -> Result<(), Error> {
        match self.status {
            BeneficiaryStatus::Active => Ok(()),
            BeneficiaryStatus::Archived => {
                let detail = "the beneficiary is archived; reinstate it first";
                Err(Error::conflict(Code::BeneficiaryState, detail))
            }
        }
    }

    pub(super) fn record_change(&mut self, moment: &Moment) -> Result<Event, Error> {
        self.record_as(EventType::BeneficiaryChanged, moment)
    }

    /// Records an event that leaves the beneficiary active.
    pub(super) fn record_as(&mut self, kind: EventType, moment: &Moment) -> Result<Event, Error> {
        let event = self.remain(kind)?;
        self.record(event, moment)
    }

    /// Records the event of a change. Its object is masked, because endpoints need no whole document.
    fn record(&mut self, event: Option<EventType>, moment: &Moment) -> Result<Event, Error> {
        let kind =
            event.ok_or_else(|| Error::internal("a change of a beneficiary has an event"))?;
        let object = serde_json::to_value(SavedBeneficiaryView::masked(self))
            .expect("a view has string keys and no floats, so it always serialises");
        Ok(self.history.record(kind, self.account_id, self.id.to_string(), object, moment))
    }
}

impl SavedDestination {
    fn new(to: PayoutDestination, added_by: UserId, moment: &Moment) -> Self {
        Self {
            id: DestinationId::mint(moment),
            to,
            added_at: moment.now,
            added_by,
            owner_mismatch_at: None,
            verified_by: None,
            verified_at: None,
            last_check: None,
        }
    }
}
