//! The transitions of a charge: each returns its entries and events.
use crate::account::FeeSchedule;
use crate::charge::{
    Charge, ChargeStatus, ChargeStep, ChargeUpdate, ChargeView, NewCharge, PixDetails,
};
use crate::event::{EventType, History, Lifecycle, Transition};
use crate::kernel::{AccountId, ChargeId, Code, Due, Error, Moment, StatusChange, UserId};
use crate::ledger::{
    Books, Effects, EntryContext, EntryKind, LedgerAccount, Posting, TransactionRef,
};
use brazil::EndToEndId;

impl Lifecycle for Charge {
    type Status = ChargeStatus;

    const NAME: &'static str = "charge";
    const TRANSITIONS: &'static [Transition<ChargeStatus>] = {
        use ChargeStatus::{Cancelled, Credited, Expired, InReview, Paid, Pending, Rejected};
        &[
            Transition::create(Pending, Some(EventType::ChargeCreated)),
            Transition::event(Pending, Paid, EventType::ChargePaid),
            Transition::event(Pending, InReview, EventType::ChargeInReview),
            Transition::event(Pending, Cancelled, EventType::ChargeCancelled),
            Transition::event(Pending, Expired, EventType::ChargeExpired),
            Transition::event(Paid, Credited, EventType::ChargeCredited),
            Transition::event(InReview, Credited, EventType::ChargeCredited),
            Transition::event(InReview, Rejected, EventType::ChargeRejected),
            Transition::event(Credited, Credited, EventType::ChargeRefunded),
        ]
    };

    fn status_mut(&mut self) -> &mut ChargeStatus {
        &mut self.status
    }
}

impl Charge {
    /// Opens a charge. `pix` carries the code that was made for `id`.
    pub fn open(
        id: ChargeId,
        account_id: AccountId,
        created_by: UserId,
        new: NewCharge,
        pix: PixDetails,
        moment: &Moment,
    ) -> (Self, Effects) {
        let mut charge = Self {
            id,
            account_id,
            status: ChargeStatus::Pending,
            amount_cents: new.amount_cents,
            paid_amount_cents: 0,
            refunded_amount_cents: 0,
            refunding_amount_cents: 0,
            refunds: Vec::new(),
            fees_cents: 0,
            payer: new.payer,
            description: new.description,
            reference: new.reference,
            metadata: new.metadata,
            pix,
            status_history: Vec::new(),
            created_at: moment.now,
            created_by,
            expires_at: new.expires_at,
            due: Some(Due { at: new.expires_at, step: ChargeStep::Expire }),
            entries: Vec::new(),
            history: History::default(),
            version: 0,
        };
        let mut effects = Effects::default();
        let event = Self::transition(None, ChargeStatus::Pending)
            .expect("the table has the creation of a charge");
        charge.record_status(event, None, moment, &mut effects);
        (charge, effects)
    }

    /// What its entries say of it.
    pub(super) fn entry_context(&self) -> EntryContext {
        EntryContext {
            transaction: TransactionRef::Charge(self.id),
            reference: self.reference.clone(),
            description: self.description.clone(),
            end_to_end_id: self.pix.end_to_end_id.clone(),
        }
    }

    /// Withdraws it.
    pub fn cancel(&mut self, moment: &Moment) -> Result<Effects, Error> {
        self.must_be_payable("cancelled", moment)?;
        let mut effects = Effects::default();
        self.due = None;
        self.change(ChargeStatus::Cancelled, None, moment, &mut effects)?;
        Ok(effects)
    }

    /// Closes it because nobody paid in time.
    pub fn expire(&mut self, moment: &Moment) -> Result<Effects, Error> {
        if self.status != ChargeStatus::Pending || self.expires_at > moment.now {
            return Err(self.not_in_state_to("expired"));
        }
        let mut effects = Effects::default();
        self.due = None;
        self.change(ChargeStatus::Expired, None, moment, &mut effects)?;
        Ok(effects)
    }

    /// Takes in a fact from the network, with its entries in the books.
    pub fn receive(
        &mut self,
        update: &ChargeUpdate,
        books: &mut Books,
        fees: &FeeSchedule,
        moment: &Moment,
    ) -> Result<Effects, Error> {
        let mut effects = Effects::default();
        if self.knows(update) {
            return Ok(effects);
        }
        match update {
            ChargeUpdate::Paid { end_to_end_id } => {
                self.must_be_payable("paid", moment)?;
                self.take_payment(end_to_end_id);
                let paid = Posting::new(EntryKind::ChargePaid, self.amount_cents);
                books.post(&self.entry_context(), &[paid], moment, &mut effects)?;
                self.change(ChargeStatus::Paid, None, moment, &mut effects)?;
            }
            ChargeUpdate::UnderReview { end_to_end_id, reason } => {
                self.must_be_payable("put under review", moment)?;
                self.take_payment(end_to_end_id);
                let held = Posting::new(EntryKind::ChargeHeldForReview, self.amount_cents);
                books.post(&self.entry_context(), &[held], moment, &mut effects)?;
                self.change(ChargeStatus::InReview, Some(reason), moment, &mut effects)?;
            }
            ChargeUpdate::Credited => {
                let from = match self.status {
                    ChargeStatus::Paid => LedgerAccount::Receivable,
                    ChargeStatus::InReview => LedgerAccount::UnderReview,
                    ChargeStatus::Pending
                    | ChargeStatus::Credited
                    | ChargeStatus::Rejected
                    | ChargeStatus::Cancelled
                    | ChargeStatus::Expired => return Err(self.not_in_state_to("credited")),
                };
                self.fees_cents = fees.fee_cents(self.amount_cents);
                self.due = None;
                let credit =
                    Posting::from_account(EntryKind::ChargeCredited, from, self.amount_cents);
                let fee = Posting::new(EntryKind::ChargeFee, self.fees_cents);
                books.post(&self.entry_context(), &[credit, fee], moment, &mut effects)?;
                self.change(ChargeStatus::Credited, None, moment, &mut effects)?;
            }
            ChargeUpdate::Rejected { reason } => {
                if self.status != ChargeStatus::InReview {
                    return Err(self.not_in_state_to("rejected"));
                }
                self.due = None;
                self.refunded_amount_cents = self.paid_amount_cents;
                let returned = Posting::new(EntryKind::ChargeReturned, self.amount_cents);
                books.post(&self.entry_context(), &[returned], moment, &mut effects)?;
                self.change(ChargeStatus::Rejected, Some(reason), moment, &mut effects)?;
            }
        }
        Ok(effects)
    }

    /// Networks tell the same payment more than once; the second telling changes nothing.
    fn knows(&self, update: &ChargeUpdate) -> bool {
        match update {
            ChargeUpdate::Paid { end_to_end_id }
            | ChargeUpdate::UnderReview { end_to_end_id, .. } => {
                self.pix.end_to_end_id.as_ref() == Some(end_to_end_id)
            }
            ChargeUpdate::Credited | ChargeUpdate::Rejected { .. } => false,
        }
    }

    fn take_payment(&mut self, end_to_end_id: &EndToEndId) {
        self.paid_amount_cents = self.amount_cents;
        self.pix.end_to_end_id = Some(end_to_end_id.clone());
        self.due = None;
    }

    fn change(
        &mut self,
        status: ChargeStatus,
        reason: Option<&String>,
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
        reason: Option<&String>,
        moment: &Moment,
        effects: &mut Effects,
    ) {
        let (status, at) = (self.status, moment.now);
        self.status_history.push(StatusChange { status, at, reason: reason.cloned() });
        self.record(event, moment, effects);
    }

    /// Records the event of a change of the charge, if it has one.
    pub(super) fn record(
        &mut self,
        event: Option<EventType>,
        moment: &Moment,
        effects: &mut Effects,
    ) {
        let Some(kind) = event else { return };
        effects.collect_positions(TransactionRef::Charge(self.id), &mut self.entries);
        let object = serde_json::to_value(ChargeView::from(&*self))
            .expect("a view has string keys and no floats, so it always serialises");
        effects.events.push(self.history.record(
            kind,
            self.account_id,
            self.id.to_string(),
            object,
            moment,
        ));
    }

    fn must_be_payable(&self, participle: &str, moment: &Moment) -> Result<(), Error> {
        if self.status == ChargeStatus::Pending && self.expires_at > moment.now {
            return Ok(());
        }
        Err(self.clone().as_of(moment.now).not_in_state_to(participle))
    }

    pub(super) fn not_in_state_to(&self, participle: &str) -> Error {
        Error::conflict(
            Code::ChargeState,
            format!("the charge is {} and cannot be {participle}", self.status.as_str()),
        )
    }
}
