//! The transitions of a charge. Each returns the ledger entries and events that it causes.
use crate::account::FeeSchedule;
use crate::charge::{
    Charge, ChargeMethod, ChargePayment, ChargeReturns, ChargeStatus, ChargeUpdate, ChargeView,
    NewCharge, Payer, WithOrder,
};
use crate::event::{EventType, History, Lifecycle, Transition};
use crate::kernel::{AccountId, ChargeId, Code, Error, Moment, StatusChange, UserId};
use crate::ledger::{
    Books, Counterparty, Effects, EntryContext, EntryKind, LedgerAccount, Posting, TransactionRef,
};
use crate::payment::{NetworkPaymentId, PaymentReport, ReportedPayer};

impl Lifecycle for Charge {
    type Status = ChargeStatus;

    const NAME: &'static str = "charge";
    const TRANSITIONS: &'static [Transition<ChargeStatus>] = {
        use ChargeStatus::{
            Authorized, Authorizing, Cancelled, Cancelling, Credited, Declined, Expired, InReview,
            Paid, Pending, Refused, Registering, Rejected,
        };
        &[
            Transition::create(Pending, Some(EventType::ChargeCreated)),
            // A boleto.
            Transition::create(Registering, Some(EventType::ChargeCreated)),
            Transition::event(Registering, Pending, EventType::ChargeRegistered),
            Transition::event(Registering, Refused, EventType::ChargeRefused),
            Transition::event(Registering, Paid, EventType::ChargePaid),
            Transition::event(Registering, InReview, EventType::ChargeInReview),
            Transition::event(Pending, Pending, EventType::ChargeChanged),
            Transition::event(Pending, Pending, EventType::ChargeChangeRefused),
            Transition::silent(Pending, Cancelling),
            Transition::event(Cancelling, Cancelled, EventType::ChargeCancelled),
            Transition::event(Cancelling, Pending, EventType::ChargeCancellationRefused),
            Transition::event(Cancelling, Paid, EventType::ChargePaid),
            Transition::event(Cancelling, InReview, EventType::ChargeInReview),
            Transition::event(Paid, Pending, EventType::ChargePaymentWithdrawn),
            // The bank has answered about the boleto, or will, while the charge was paid.
            Transition::event(Paid, Registering, EventType::ChargePaymentWithdrawn),
            Transition::event(Paid, Refused, EventType::ChargePaymentWithdrawn),
            Transition::event(Paid, Cancelling, EventType::ChargePaymentWithdrawn),
            Transition::event(Paid, Cancelled, EventType::ChargePaymentWithdrawn),
            // A card.
            Transition::create(Authorizing, Some(EventType::ChargeCreated)),
            Transition::silent(Pending, Authorizing),
            Transition::event(Authorizing, Pending, EventType::ChargeAttemptDeclined),
            Transition::event(InReview, Pending, EventType::ChargeAttemptDeclined),
            Transition::event(Authorizing, Authorized, EventType::ChargeAuthorized),
            Transition::event(Authorizing, Paid, EventType::ChargePaid),
            Transition::event(Authorizing, Declined, EventType::ChargeDeclined),
            Transition::event(Authorizing, InReview, EventType::ChargeInReview),
            Transition::event(Authorizing, Authorizing, EventType::ChargeAuthenticationRequired),
            Transition::event(InReview, InReview, EventType::ChargeAuthenticationRequired),
            Transition::event(InReview, Authorized, EventType::ChargeAuthorized),
            Transition::event(InReview, Paid, EventType::ChargePaid),
            Transition::event(InReview, Declined, EventType::ChargeDeclined),
            Transition::event(Authorized, Paid, EventType::ChargePaid),
            Transition::event(Authorized, Authorized, EventType::ChargeCaptureRefused),
            Transition::event(Authorized, Expired, EventType::ChargeExpired),
            Transition::silent(Authorized, Cancelling),
            Transition::event(Cancelling, Authorized, EventType::ChargeCancellationRefused),
            Transition::event(Paid, Paid, EventType::ChargeInstallmentCredited),
            Transition::event(Paid, Paid, EventType::ChargeAnticipated),
            Transition::event(Paid, Paid, EventType::ChargeAnticipationRefused),
            Transition::event(Credited, Credited, EventType::ChargeAnticipated),
            Transition::event(Credited, Credited, EventType::ChargeAnticipationRefused),
            Transition::event(Paid, Paid, EventType::ChargeRefunded),
            Transition::event(Pending, Paid, EventType::ChargePaid),
            Transition::event(Pending, InReview, EventType::ChargeInReview),
            Transition::event(Pending, Cancelled, EventType::ChargeCancelled),
            Transition::event(Pending, Expired, EventType::ChargeExpired),
            // A person matched a credit to the charge.
            Transition::event(Cancelled, Paid, EventType::ChargePaid),
            Transition::event(Expired, Paid, EventType::ChargePaid),
            Transition::event(Paid, Credited, EventType::ChargeCredited),
            Transition::event(InReview, Credited, EventType::ChargeCredited),
            Transition::event(InReview, Rejected, EventType::ChargeRejected),
            Transition::event(Credited, Credited, EventType::ChargeRefunded),
            Transition::event(Paid, Paid, EventType::ChargeReturned),
            Transition::event(Credited, Credited, EventType::ChargeReturned),
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
            status: first_status(&method),
            amount_cents: new.amount_cents,
            paid_amount_cents: 0,
            refunded_amount_cents: 0,
            refunding_amount_cents: 0,
            refunds: Vec::new(),
            payment: None,
            returned: ChargeReturns::default(),
            fees_cents: 0,
            payer: new.payer,
            description: new.description,
            reference: new.reference,
            metadata: new.metadata,
            method,
            status_history: Vec::new(),
            failure: None,
            created_at: moment.now,
            created_by,
            expires_at: new.expires_at,
            terms: new.terms,
            due: None,
            entries: Vec::new(),
            history: History::default(),
            version: 0,
        };
        charge.due = charge.scheduled_step();
        let mut effects = Effects::default();
        let event =
            Self::transition(None, charge.status).expect("the table has the creation of a charge");
        charge.record_status(event, None, moment, &mut effects);
        (charge, effects)
    }

    /// Returns what the ledger entries show of the charge.
    pub(crate) fn entry_context(&self) -> EntryContext {
        EntryContext {
            reference: self.reference.clone(),
            description: self.description.clone(),
            end_to_end_id: self.method.end_to_end_id().cloned(),
            counterparty: self.counterparty(),
            failure: self.failure.clone(),
            ..EntryContext::from(TransactionRef::Charge(self.id))
        }
    }

    /// Returns the payer that was asked, unless the network said that another person paid.
    pub fn confirmed_payer(&self) -> Option<&Payer> {
        let paid = self.payment.as_ref().map(|payment| &payment.payer);
        let agrees = |it: &&Payer| paid.is_none_or(|paid| paid.agrees_with(&it.name, &it.document));
        self.payer.as_ref().filter(agrees)
    }

    /// Returns the other party of the charge and of its refunds: who really paid, or else the payer that was
    /// asked, unless the network said that another person paid. Returns `None` if neither is known.
    pub(super) fn counterparty(&self) -> Option<Counterparty> {
        let paid = self.payment.as_ref().map(|payment| &payment.payer);
        let asked = || {
            self.confirmed_payer().map(|it| Counterparty {
                ispb: paid.and_then(|paid| paid.ispb.clone()),
                bank_name: paid.and_then(|paid| paid.bank_name.clone()),
                ..Counterparty::new(&it.name, &it.document)
            })
        };
        paid.and_then(ReportedPayer::counterparty).or_else(asked)
    }

    /// Cancels the charge. A boleto that is registered is cancelled once its bank has written it off, and a card
    /// once its acquirer has voided the authorisation.
    ///
    /// # Errors
    /// `charge_state` if the charge is not pending or authorised.
    pub fn cancel(&mut self, moment: &Moment) -> Result<WithOrder, Error> {
        if self.method.card().is_some() && self.status_at(moment.now) != ChargeStatus::Pending {
            return self.void(moment);
        }
        self.require_pending("cancelled", moment)?;
        if self.must_be_written_off() {
            return self.order_cancellation(moment);
        }
        let mut effects = Effects::default();
        self.due = None;
        self.change(ChargeStatus::Cancelled, None, moment, &mut effects)?;
        Ok((effects, None))
    }

    /// Expires the charge, because the payer did not pay, or the caller did not capture, in time.
    pub fn expire(&mut self, moment: &Moment) -> Result<Effects, Error> {
        if self.status_at(moment.now) != ChargeStatus::Expired
            || self.status == ChargeStatus::Expired
        {
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
            ChargeUpdate::Paid { payment } | ChargeUpdate::PaymentNotice { payment } => {
                self.require_payable("paid", moment)?;
                self.record_payment(payment)?;
                let paid = Posting::new(EntryKind::ChargePaid, self.paid_amount_cents);
                books.post(&self.entry_context(), &[paid], moment, &mut effects)?;
                self.change(ChargeStatus::Paid, None, moment, &mut effects)?;
            }
            ChargeUpdate::NoticeWithdrawn { network_id } => {
                self.withdraw_payment(network_id, books, moment, &mut effects)?;
            }
            ChargeUpdate::UnderReview { payment, reason } => {
                self.require_payable("held for review", moment)?;
                self.record_payment(payment)?;
                let held = Posting::new(EntryKind::ChargeHeldForReview, self.paid_amount_cents);
                books.post(&self.entry_context(), &[held], moment, &mut effects)?;
                self.change(ChargeStatus::InReview, Some(reason.as_str()), moment, &mut effects)?;
            }
            ChargeUpdate::Credited => {
                let from = match self.status {
                    // The instalments of a card are credited one by one.
                    ChargeStatus::Paid if self.method.card().is_none() => LedgerAccount::Receivable,
                    ChargeStatus::InReview if self.method.card().is_none() => {
                        LedgerAccount::UnderReview
                    }
                    // The network reports the credit again.
                    ChargeStatus::Credited => return Ok(effects),
                    ChargeStatus::Paid => return Err(self.not_in_state_to("credited")),
                    ChargeStatus::Registering
                    | ChargeStatus::Refused
                    | ChargeStatus::Authorizing
                    | ChargeStatus::Authorized
                    | ChargeStatus::Declined
                    | ChargeStatus::InReview
                    | ChargeStatus::Pending
                    | ChargeStatus::Rejected
                    | ChargeStatus::Cancelling
                    | ChargeStatus::Cancelled
                    | ChargeStatus::Expired => return Err(self.not_in_state_to("credited")),
                };
                self.credit(from, books, fees, moment, &mut effects)?;
            }
            ChargeUpdate::Rejected { failure } => {
                if self.status == ChargeStatus::Rejected {
                    return Ok(effects);
                }
                if self.status != ChargeStatus::InReview || self.method.card().is_some() {
                    return Err(self.not_in_state_to("rejected"));
                }
                self.due = None;
                self.refunded_amount_cents = self.paid_amount_cents;
                self.failure = Some(failure.clone());
                let returned = Posting::new(EntryKind::ChargeReturned, self.paid_amount_cents);
                books.post(&self.entry_context(), &[returned], moment, &mut effects)?;
                let reason = Some(failure.code.as_str());
                self.change(ChargeStatus::Rejected, reason, moment, &mut effects)?;
            }
        }
        Ok(effects)
    }

    /// Takes a payment back whose notice the bank withdrew. The charge waits for the payer again, unless the
    /// bank wrote its boleto off meanwhile. A notice that did not pay the charge changes nothing.
    fn withdraw_payment(
        &mut self,
        network_id: &NetworkPaymentId,
        books: &mut Books,
        moment: &Moment,
        effects: &mut Effects,
    ) -> Result<(), Error> {
        if self.status != ChargeStatus::Paid || !self.method.is_paid_by(network_id) {
            return Ok(());
        }
        let withdrawn = Posting::new(EntryKind::ChargePaymentWithdrawn, self.paid_amount_cents);
        books.post(&self.entry_context(), &[withdrawn], moment, effects)?;
        self.method.remove_payment();
        (self.payment, self.paid_amount_cents) = (None, 0);
        self.enact_confirmed_change()?;
        let status = self.status_without_payment();
        self.change(status, None, moment, effects)?;
        self.due = self.scheduled_step();
        Ok(())
    }

    /// Makes the money of the payment available, and takes the fee.
    pub(super) fn credit(
        &mut self,
        from: LedgerAccount,
        books: &mut Books,
        fees: &FeeSchedule,
        moment: &Moment,
        effects: &mut Effects,
    ) -> Result<(), Error> {
        let amount_cents = self.paid_amount_cents;
        self.fees_cents = fees.fee_cents(amount_cents);
        self.due = None;
        let credit = Posting::from_account(EntryKind::ChargeCredited, from, amount_cents);
        let fee = Posting::new(EntryKind::ChargeFee, self.fees_cents);
        books.post(&self.entry_context(), &[credit, fee], moment, effects)?;
        self.change(ChargeStatus::Credited, None, moment, effects)
    }

    /// Returns true if the update reports a payment that the charge already has. A network may
    /// report one payment more than once, and the repetition changes nothing.
    fn has_payment(&self, update: &ChargeUpdate) -> bool {
        update.payment().is_some_and(|payment| self.method.is_paid_by(&payment.network_id))
    }

    pub(super) fn record_payment(&mut self, report: &PaymentReport) -> Result<(), Error> {
        self.method.record_payment(&report.network_id)?;
        let payment = ChargePayment::of(report.payment_id(self.account_id), report);
        self.paid_amount_cents = payment.amount_cents;
        self.payment = Some(payment);
        self.due = None;
        Ok(())
    }

    pub(super) fn change(
        &mut self,
        status: ChargeStatus,
        reason: Option<&str>,
        moment: &Moment,
        effects: &mut Effects,
    ) -> Result<(), Error> {
        let event = self.enter(status)?;
        self.record_status(event, reason, moment, effects);
        Ok(())
    }

    pub(super) fn record_status(
        &mut self,
        event: Option<EventType>,
        reason: Option<&str>,
        moment: &Moment,
        effects: &mut Effects,
    ) {
        let (status, at) = (self.status, moment.now);
        self.status_history.push(StatusChange { status, at, reason: reason.map(str::to_owned) });
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
        let object = serde_json::to_value(ChargeView::at(self, moment.now).without_addresses())
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
        if self.is_payable(moment.now) {
            return Ok(());
        }
        Err(self.clone().as_of(moment.now).not_in_state_to(participle))
    }

    pub(super) fn require_pending(&self, participle: &str, moment: &Moment) -> Result<(), Error> {
        match self.status_at(moment.now) {
            ChargeStatus::Pending => Ok(()),
            _ => Err(self.clone().as_of(moment.now).not_in_state_to(participle)),
        }
    }

    pub(super) fn not_in_state_to(&self, participle: &str) -> Error {
        Error::conflict(
            Code::ChargeState,
            format!("the charge is {} and cannot be {participle}", self.status.as_str()),
        )
    }
}

/// Returns the status of a new charge.
const fn first_status(method: &ChargeMethod) -> ChargeStatus {
    match method {
        ChargeMethod::Boleto(_) => ChargeStatus::Registering,
        ChargeMethod::Card(card) if card.installments_max.is_none() => ChargeStatus::Authorizing,
        ChargeMethod::Card(_) | ChargeMethod::Pix(_) => ChargeStatus::Pending,
    }
}
