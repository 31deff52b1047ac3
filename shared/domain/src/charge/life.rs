//! The transitions of a charge. Each returns the ledger entries and events that it causes.
use crate::account::FeeSchedule;
use crate::charge::{
    Charge, ChargeMethod, ChargeStatus, ChargeStep, ChargeUpdate, ChargeView, NewCharge, PaymentId,
};
use crate::event::{EventType, History, Lifecycle, Transition};
use crate::kernel::{AccountId, ChargeId, Code, Due, Error, Moment, StatusChange, UserId};
use crate::ledger::{
    Books, Counterparty, Effects, EntryContext, EntryKind, LedgerAccount, Posting, TransactionRef,
};

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
    /// Opens a charge. `method` has the data that were made for `id`.
    pub fn open(
        id: ChargeId,
        account_id: AccountId,
        created_by: UserId,
        new: NewCharge,
        method: ChargeMethod,
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
            method,
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

    /// Returns what the ledger entries show of the charge.
    pub(super) fn entry_context(&self) -> EntryContext {
        EntryContext {
            transaction: TransactionRef::Charge(self.id),
            reference: self.reference.clone(),
            description: self.description.clone(),
            end_to_end_id: self.method.end_to_end_id().cloned(),
            counterparty: Some(Counterparty::new(&self.payer.name, &self.payer.document)),
            charge_id: None,
        }
    }

    /// Cancels the charge.
    pub fn cancel(&mut self, moment: &Moment) -> Result<Effects, Error> {
        self.require_payable("cancelled", moment)?;
        let mut effects = Effects::default();
        self.due = None;
        self.change(ChargeStatus::Cancelled, None, moment, &mut effects)?;
        Ok(effects)
    }

    /// Expires the charge, because the payer did not pay in time.
    pub fn expire(&mut self, moment: &Moment) -> Result<Effects, Error> {
        if self.status != ChargeStatus::Pending || self.expires_at > moment.now {
            return Err(self.not_in_state_to("expired"));
        }
        let mut effects = Effects::default();
        self.due = None;
        self.change(ChargeStatus::Expired, None, moment, &mut effects)?;
        Ok(effects)
    }

    /// Applies an update from the network and posts its entries to the books.
    pub fn apply_update(
        &mut self,
        update: &ChargeUpdate,
        books: &mut Books,
        fees: &FeeSchedule,
        moment: &Moment,
    ) -> Result<Effects, Error> {
        let mut effects = Effects::default();
        if self.has_payment(update) {
            return Ok(effects);
        }
        match update {
            ChargeUpdate::Paid { payment_id } => {
                self.require_payable("paid", moment)?;
                self.record_payment(payment_id)?;
                let paid = Posting::new(EntryKind::ChargePaid, self.amount_cents);
                books.post(&self.entry_context(), &[paid], moment, &mut effects)?;
                self.change(ChargeStatus::Paid, None, moment, &mut effects)?;
            }
            ChargeUpdate::UnderReview { payment_id, reason } => {
                self.require_payable("held for review", moment)?;
                self.record_payment(payment_id)?;
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

    /// Returns true if the update reports a payment that the charge already has. A network may
    /// report one payment more than once, and the repetition changes nothing.
    fn has_payment(&self, update: &ChargeUpdate) -> bool {
        match update {
            ChargeUpdate::Paid { payment_id } | ChargeUpdate::UnderReview { payment_id, .. } => {
                self.method.is_paid_by(payment_id)
            }
            ChargeUpdate::Credited | ChargeUpdate::Rejected { .. } => false,
        }
    }

    fn record_payment(&mut self, payment_id: &PaymentId) -> Result<(), Error> {
        self.method.record_payment(payment_id)?;
        self.paid_amount_cents = self.amount_cents;
        self.due = None;
        Ok(())
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

    fn require_payable(&self, participle: &str, moment: &Moment) -> Result<(), Error> {
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
