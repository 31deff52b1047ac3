//! The orders of a charge to the bank of its boleto, and what the bank answers.
//!
//! A registration, a change and a cancellation are requests: the bank decides, up to a day later, and a
//! payment that comes first wins. The bank gets one order of a charge after another.
use crate::charge::{
    BoletoChange, BoletoInstruction, BoletoInstructionKind, BoletoOrder, BoletoOrderStep,
    BoletoRegistration, BoletoTitle, BoletoUpdate, Charge, ChargeOrder, ChargeStatus, ChargeStep,
    DueTerms, WithOrder,
};
use crate::event::{EventType, Lifecycle};
use crate::kernel::{Code, Due, Error, Failure, Id, MethodKind, Moment};
use crate::ledger::Effects;
use crate::network::Submission;
use brazil::local_date;

impl Charge {
    /// Makes the order that registers the boleto of a new charge. Returns `None` if it has no boleto.
    pub fn order_registration(&mut self, moment: &Moment) -> Result<Option<BoletoOrder>, Error> {
        let Some(title) = self.title(moment)? else { return Ok(None) };
        self.order(BoletoInstruction::Register { title: Box::new(title) }, moment)
    }

    /// Returns true if the bank has the boleto, or may have it.
    pub(super) fn must_be_written_off(&self) -> bool {
        self.method.boleto().is_some_and(|boleto| {
            boleto.registration == BoletoRegistration::Registered || boleto.ordered.is_some()
        })
    }

    /// Asks the bank to write the boleto off. Until then it can still be paid.
    pub(super) fn order_cancellation(&mut self, moment: &Moment) -> Result<WithOrder, Error> {
        let mut effects = Effects::default();
        self.change(ChargeStatus::Cancelling, None, moment, &mut effects)?;
        // Nothing expires while the bank decides.
        self.due = self.due.take().filter(|due| due.step != ChargeStep::Expire);
        Ok((effects, self.next_order(moment)?.map(ChargeOrder::Boleto)))
    }

    /// Changes the terms of a charge with a due date. The terms of a boleto change once its bank confirms
    /// them.
    ///
    /// # Errors
    /// `charge_state` if the charge is not pending, or if its bank has not answered an earlier order.
    pub fn change_terms(&mut self, terms: DueTerms, moment: &Moment) -> Result<WithOrder, Error> {
        self.require_pending("changed", moment)?;
        if let Some(boleto) = self.method.boleto_mut() {
            if boleto.ordered.is_some() {
                let detail = "the bank has not answered the last change of the boleto; try again \
                              after charge.changed or charge.change_refused";
                return Err(Error::conflict(Code::ChargeState, detail));
            }
            boleto.change = Some(BoletoChange { terms: terms.clone(), is_confirmed: false });
            let order = self.order(BoletoInstruction::Change { terms: Box::new(terms) }, moment)?;
            // Nothing expires while the bank decides.
            self.due = self.due.take().filter(|due| due.step != ChargeStep::Expire);
            return Ok((Effects::default(), order.map(ChargeOrder::Boleto)));
        }
        let mut effects = Effects::default();
        self.enact(terms)?;
        let event = self.remain(EventType::ChargeChanged)?;
        self.record(event, moment, &mut effects);
        Ok((effects, None))
    }

    /// Makes the order that writes the boleto off, if another way has paid the debt. Returns `None` if there
    /// is nothing to write off, or if the bank has not answered an earlier order: then that answer causes it.
    pub fn order_write_off(&mut self, moment: &Moment) -> Result<Option<BoletoOrder>, Error> {
        self.next_order(moment)
    }

    /// Applies what the bank reports about an order. Returns the next order if there is one.
    pub fn apply_boleto_update(
        &mut self,
        order: &BoletoOrder,
        update: &BoletoUpdate,
        moment: &Moment,
    ) -> Result<(Effects, Option<BoletoOrder>), Error> {
        let (kind, mut effects) = (order.instruction.kind(), Effects::default());
        let boleto = self.method.boleto_mut().ok_or_else(no_boleto)?;
        if boleto.ordered != Some(kind) || matches!(update, BoletoUpdate::Accepted) {
            return Ok((effects, None));
        }
        boleto.ordered = None;
        match (kind, update) {
            (_, BoletoUpdate::Accepted) => {}
            (BoletoInstructionKind::Register, BoletoUpdate::Done) => {
                boleto.registration = BoletoRegistration::Registered;
                boleto.provider.clone_from(&order.submission.provider);
                if self.status == ChargeStatus::Registering {
                    self.wait_for_payer(moment, &mut effects)?;
                }
            }
            (BoletoInstructionKind::Register, BoletoUpdate::Refused { failure }) => {
                boleto.registration = BoletoRegistration::Refused;
                self.refuse(failure, moment, &mut effects)?;
            }
            (BoletoInstructionKind::Change, BoletoUpdate::Done) => {
                if let Some(change) = &mut boleto.change {
                    change.is_confirmed = true;
                }
                if self.payment.is_none() {
                    self.enact_confirmed_change()?;
                    self.record_change(EventType::ChargeChanged, moment, &mut effects);
                }
            }
            (BoletoInstructionKind::Change, BoletoUpdate::Refused { .. }) => {
                boleto.change = None;
                self.due = self.due.take().or_else(|| self.scheduled_step());
                self.record_change(EventType::ChargeChangeRefused, moment, &mut effects);
            }
            (BoletoInstructionKind::WriteOff, BoletoUpdate::Done) => {
                boleto.registration = BoletoRegistration::WrittenOff;
                if self.status == ChargeStatus::Cancelling {
                    self.due = None;
                    self.change(ChargeStatus::Cancelled, None, moment, &mut effects)?;
                }
            }
            (BoletoInstructionKind::WriteOff, BoletoUpdate::Refused { failure }) => {
                if self.status == ChargeStatus::Cancelling {
                    let reason = Some(failure.code.as_str());
                    self.change(ChargeStatus::Pending, reason, moment, &mut effects)?;
                    self.due = self.due.take().or_else(|| self.scheduled_step());
                }
                return Ok((effects, None));
            }
        }
        Ok((effects, self.next_order(moment)?))
    }

    /// Makes the order that the state of the charge asks for: to write the boleto off if the charge is being
    /// cancelled, or if its Pix was paid.
    fn next_order(&mut self, moment: &Moment) -> Result<Option<BoletoOrder>, Error> {
        let is_paid_by_pix = self.payment.is_some() && self.paid_by() == MethodKind::Pix;
        let is_over = self.status == ChargeStatus::Cancelling || is_paid_by_pix;
        let Some(boleto) = self.method.boleto() else { return Ok(None) };
        let is_registered = boleto.registration == BoletoRegistration::Registered;
        if !(is_over && is_registered && boleto.ordered.is_none()) {
            return Ok(None);
        }
        self.order(BoletoInstruction::WriteOff, moment)
    }

    fn order(
        &mut self,
        instruction: BoletoInstruction,
        moment: &Moment,
    ) -> Result<Option<BoletoOrder>, Error> {
        let (account_id, charge_id) = (self.account_id, self.id);
        let boleto = self.method.boleto_mut().ok_or_else(no_boleto)?;
        boleto.orders += 1;
        boleto.ordered = Some(instruction.kind());
        let order_id = format!("{}{:02}", charge_id.ulid(), boleto.orders);
        let mut submission = Submission::new(order_id, None, moment.now);
        submission.provider.clone_from(&boleto.provider);
        Ok(Some(BoletoOrder {
            account_id,
            charge_id,
            number: boleto.orders,
            our_number: boleto.our_number,
            amount_cents: self.amount_cents,
            instruction,
            submission,
            due: Some(Due { at: moment.now, step: BoletoOrderStep::Submit }),
            version: 0,
        }))
    }

    /// Returns what the bank registers. Returns `None` if the charge has no boleto.
    fn title(&self, moment: &Moment) -> Result<Option<BoletoTitle>, Error> {
        let Some(boleto) = self.method.boleto() else { return Ok(None) };
        let incomplete = || Error::internal("a boleto has a payer and a due date");
        Ok(Some(BoletoTitle {
            barcode: boleto.barcode.clone(),
            terms: self.terms.clone().ok_or_else(incomplete)?,
            payer: self.payer.clone().ok_or_else(incomplete)?,
            texts: boleto.texts.clone(),
            br_code: boleto.pix.as_ref().map(|pix| pix.br_code.clone()),
            issued_on: local_date(moment.now),
        }))
    }

    /// Takes over the terms that the bank confirmed. Those of a charge that was paid before wait, because the
    /// payment was made under the old ones.
    pub(super) fn enact_confirmed_change(&mut self) -> Result<(), Error> {
        let Some(boleto) = self.method.boleto_mut() else { return Ok(()) };
        match boleto.change.take_if(|change| change.is_confirmed) {
            Some(change) => self.enact(change.terms),
            None => Ok(()),
        }
    }

    /// Returns the status of a charge whose bank withdrew the notice of its payment.
    pub(super) fn status_without_payment(&self) -> ChargeStatus {
        let Some(boleto) = self.method.boleto() else { return ChargeStatus::Pending };
        match boleto.registration {
            BoletoRegistration::Registering => ChargeStatus::Registering,
            BoletoRegistration::Refused => ChargeStatus::Refused,
            BoletoRegistration::WrittenOff => ChargeStatus::Cancelled,
            BoletoRegistration::Registered => match boleto.ordered {
                Some(BoletoInstructionKind::WriteOff) => ChargeStatus::Cancelling,
                Some(BoletoInstructionKind::Register | BoletoInstructionKind::Change) | None => {
                    ChargeStatus::Pending
                }
            },
        }
    }

    /// Takes over new terms, with the time until which the payer can pay.
    fn enact(&mut self, terms: DueTerms) -> Result<(), Error> {
        self.expires_at = terms.expires_at().map_err(Error::internal)?;
        if let Some(boleto) = self.method.boleto_mut() {
            boleto.renew_barcode(self.amount_cents, terms.due_date)?;
        }
        self.terms = Some(terms);
        if self.status == ChargeStatus::Pending {
            self.due = self.scheduled_step();
        }
        Ok(())
    }

    fn wait_for_payer(&mut self, moment: &Moment, effects: &mut Effects) -> Result<(), Error> {
        self.change(ChargeStatus::Pending, None, moment, effects)?;
        self.due = self.scheduled_step();
        Ok(())
    }

    /// Ends a charge whose boleto the bank does not register. A charge that was paid by Pix meanwhile stays
    /// as it is.
    fn refuse(
        &mut self,
        failure: &Failure,
        moment: &Moment,
        effects: &mut Effects,
    ) -> Result<(), Error> {
        if self.status != ChargeStatus::Registering {
            return Ok(());
        }
        self.due = None;
        self.failure = Some(failure.clone());
        let reason = Some(failure.code.as_str());
        self.change(ChargeStatus::Refused, reason, moment, effects)
    }

    /// Records the answer to a change, if the charge still waits for the payer.
    fn record_change(&mut self, event: EventType, moment: &Moment, effects: &mut Effects) {
        if let Ok(event) = self.remain(event) {
            self.record(event, moment, effects);
        }
    }
}

fn no_boleto() -> Error {
    Error::internal("the charge has no boleto")
}
