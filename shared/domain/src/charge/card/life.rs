//! The orders of a charge to its acquirer, and what the acquirer answers.
//!
//! An authorisation, a capture and a void are requests: the acquirer decides. It gets one order of a charge
//! after another, so that an amount is captured once or voided, and never both.
use crate::account::FeeSchedule;
use crate::charge::card::{
    CardAuthorization, CardInstruction, CardInstructionKind, CardOrder, CardOrderStep, CardToken,
    CardUpdate,
};
use crate::charge::{CardAuthentication, CardCharge, Charge, ChargeOrder, ChargeStatus, WithOrder};
use crate::event::{EventType, Lifecycle};
use crate::kernel::{
    Code, Due, Error, Failure, FailureCode, Flaw, Id, MethodKind, Moment, Violation,
};
use crate::ledger::{Books, Effects, EntryKind, Posting, TransactionRef};
use crate::network::Submission;
use crate::payment::{NetworkPaymentId, Payment, PaymentReport, ReportedPayer};
use crate::receivable::Receivable;

/// Most orders of a charge. The number of an order has two digits in its id.
const ORDERS_MAX: u32 = 90;

/// How a payer pays on the payment page.
#[derive(Debug, Clone)]
pub struct CardPayment {
    /// Token of the card, from the acquirer's form.
    pub token: CardToken,
    /// Number of instalments that the payer chose.
    pub installments: u8,
    /// Address of the payment page.
    pub return_url: String,
}

/// What an answer of the acquirer causes.
#[derive(Debug, Default)]
pub struct CardOutcome {
    /// Entries and events.
    pub effects: Effects,
    /// Order that follows.
    pub next: Option<CardOrder>,
    /// Payment, if the acquirer captured one.
    pub payment: Option<Payment>,
}

impl Charge {
    /// Makes the order that authorises a new charge by card.
    pub fn order_authorization(
        &mut self,
        token: CardToken,
        return_url: String,
        moment: &Moment,
    ) -> Result<CardOrder, Error> {
        let card = self.card_to_change()?;
        card.used_tokens.push(token.digest());
        let instruction = CardInstruction::Authorize {
            token,
            installments: card.installments,
            is_captured: card.is_captured_at_once,
            return_url,
            soft_descriptor: card.soft_descriptor.clone(),
        };
        self.order_of_card(instruction, self.amount_cents, moment)
    }

    /// Authorises the card that a payer chose on the payment page.
    ///
    /// # Errors
    /// `charge_state` if the charge does not wait for its payer, is not by card, or had this token; a violation of
    /// `installments` if the charge does not allow as many.
    pub fn pay_by_card(
        &mut self,
        payment: CardPayment,
        moment: &Moment,
    ) -> Result<WithOrder, Error> {
        self.require_pending("paid", moment)?;
        let Some(card) = self.method.card_mut() else {
            return Err(self.not_in_state_to("paid by card"));
        };
        let installments_max = card.installments_max.unwrap_or_default();
        if !(1..=installments_max).contains(&payment.installments) {
            let detail = format!("`installments` must be 1 to {installments_max}");
            let violation = Violation::new("installments", Flaw::OutOfRange, detail);
            return Err(Error::Invalid(vec![violation]));
        }
        if card.has_used(&payment.token) {
            let detail = "the card was used for the charge before; its token pays once";
            return Err(Error::conflict(Code::ChargeState, detail));
        }
        card.installments = payment.installments;
        // The form was that of the provider that serves the account now.
        card.provider = None;
        let order = self.order_authorization(payment.token, payment.return_url, moment)?;
        let mut effects = Effects::default();
        (self.due, self.failure) = (None, None);
        self.change(ChargeStatus::Authorizing, None, moment, &mut effects)?;
        Ok((effects, Some(ChargeOrder::Card(order))))
    }

    /// Captures an authorised charge, all of it or a part; the acquirer gives the rest back to the card.
    ///
    /// # Errors
    /// `charge_state` if the charge is not authorised, or if the acquirer has not answered an earlier order;
    /// `capture_exceeds_authorization` if the amount is more than was authorised.
    pub fn capture(
        &mut self,
        amount_cents: Option<u64>,
        moment: &Moment,
    ) -> Result<WithOrder, Error> {
        let payment_id = self.require_authorized("captured", moment)?;
        let amount_cents = amount_cents.unwrap_or(self.amount_cents);
        if amount_cents == 0 || amount_cents > self.amount_cents {
            let detail = format!(
                "the capture exceeds what was authorised, which is {} cents; send a smaller amount",
                self.amount_cents
            );
            return Err(Error::refused(Code::CaptureExceedsAuthorization, detail));
        }
        let installments = self.method.card().ok_or_else(no_card)?.installments;
        let instruction = CardInstruction::Capture { payment_id, installments };
        let order = self.order_of_card(instruction, amount_cents, moment)?;
        // Nothing expires while the acquirer decides.
        self.due = None;
        Ok((Effects::default(), Some(ChargeOrder::Card(order))))
    }

    /// Ends the authorisation of a charge. The charge is cancelled once the acquirer has done it.
    pub(in crate::charge) fn void(&mut self, moment: &Moment) -> Result<WithOrder, Error> {
        let payment_id = self.require_authorized("cancelled", moment)?;
        let order =
            self.order_of_card(CardInstruction::Void { payment_id }, self.amount_cents, moment)?;
        let mut effects = Effects::default();
        self.due = None;
        self.change(ChargeStatus::Cancelling, None, moment, &mut effects)?;
        Ok((effects, Some(ChargeOrder::Card(order))))
    }

    /// Applies what the acquirer reports about an order.
    pub fn apply_card_update(
        &mut self,
        order: &CardOrder,
        update: &CardUpdate,
        (books, fees): (&mut Books, &FeeSchedule),
        moment: &Moment,
    ) -> Result<CardOutcome, Error> {
        let (kind, mut outcome) = (order.instruction.kind(), CardOutcome::default());
        let card = self.method.card_mut().ok_or_else(no_card)?;
        if card.ordered != Some(kind) || card.orders != order.number {
            return Ok(outcome);
        }
        if update.is_answer() {
            card.ordered = None;
            card.authentication = None;
            card.provider.clone_from(&order.submission.provider);
        }
        match kind {
            _ if matches!(update, CardUpdate::Accepted) => {}
            CardInstructionKind::Authorize => {
                self.answer_authorization(order, update, (books, fees), moment, &mut outcome)?;
            }
            CardInstructionKind::Capture => {
                self.answer_capture(update, (books, fees), moment, &mut outcome)?;
            }
            CardInstructionKind::Void => {
                self.answer_void(update, moment, &mut outcome.effects)?;
            }
            CardInstructionKind::Reverse => {
                self.answer_reversal(update, moment, &mut outcome.effects)?;
            }
            CardInstructionKind::Anticipate => {
                if let CardInstruction::Anticipate { parts, offered_at, .. } = &order.instruction {
                    let offer = (&parts[..], *offered_at);
                    self.answer_anticipation(offer, update, moment, &mut outcome.effects)?;
                }
            }
        }
        Ok(outcome)
    }

    fn answer_authorization(
        &mut self,
        order: &CardOrder,
        update: &CardUpdate,
        money: (&mut Books, &FeeSchedule),
        moment: &Moment,
        outcome: &mut CardOutcome,
    ) -> Result<(), Error> {
        let effects = &mut outcome.effects;
        match update {
            CardUpdate::UnderReview { reason } => {
                self.card_to_change()?.authentication = None;
                if self.status == ChargeStatus::Authorizing {
                    self.change(ChargeStatus::InReview, Some(reason), moment, effects)?;
                }
            }
            CardUpdate::AuthenticationRequired { url, until } => {
                let page = CardAuthentication { url: url.clone(), until: *until };
                let before = self.card_to_change()?.authentication.replace(page.clone());
                if before != Some(page) {
                    let event = self.remain(EventType::ChargeAuthenticationRequired)?;
                    self.record(event, moment, effects);
                }
            }
            CardUpdate::Authorized { authorization } => {
                self.authorize(authorization, moment, outcome)?;
            }
            CardUpdate::Captured { authorization, .. } => {
                if let Some(authorization) = authorization {
                    self.card_to_change()?.authorization = Some((**authorization).clone());
                }
                self.receive_capture(update, money, moment, outcome)?;
            }
            CardUpdate::Declined { failure } => self.decline(failure.clone(), moment, effects)?,
            CardUpdate::Unanswered => {
                let order_id = order.submission.order_id.clone();
                let reverse = CardInstruction::Reverse { order_id };
                outcome.next = Some(self.order_of_card(reverse, order.amount_cents, moment)?);
            }
            CardUpdate::Accepted | CardUpdate::Done | CardUpdate::Anticipated { .. } => {
                return Err(unfit(order.instruction.kind()));
            }
        }
        Ok(())
    }

    fn answer_capture(
        &mut self,
        update: &CardUpdate,
        money: (&mut Books, &FeeSchedule),
        moment: &Moment,
        outcome: &mut CardOutcome,
    ) -> Result<(), Error> {
        match update {
            CardUpdate::Captured { .. } => self.receive_capture(update, money, moment, outcome),
            CardUpdate::Declined { failure } => {
                self.refuse_capture(failure, moment, &mut outcome.effects)
            }
            CardUpdate::Unanswered => {
                let failure = FailureCode::NotAccepted.into();
                self.refuse_capture(&failure, moment, &mut outcome.effects)
            }
            _ => Err(unfit(CardInstructionKind::Capture)),
        }
    }

    fn answer_void(
        &mut self,
        update: &CardUpdate,
        moment: &Moment,
        effects: &mut Effects,
    ) -> Result<(), Error> {
        match update {
            CardUpdate::Done => {
                self.due = None;
                self.change(ChargeStatus::Cancelled, None, moment, effects)
            }
            CardUpdate::Declined { failure } => self.refuse_void(failure, moment, effects),
            CardUpdate::Unanswered => {
                self.refuse_void(&FailureCode::NotAccepted.into(), moment, effects)
            }
            _ => Err(unfit(CardInstructionKind::Void)),
        }
    }

    /// Declines the charge. Without a confirmed reversal the card may be charged, and only the acquirer can say.
    fn answer_reversal(
        &mut self,
        update: &CardUpdate,
        moment: &Moment,
        effects: &mut Effects,
    ) -> Result<(), Error> {
        let failure = match update {
            CardUpdate::Done => FailureCode::AuthorizationLost.into(),
            CardUpdate::Declined { failure } => {
                let code = FailureCode::AuthorizationUnknown;
                Failure::reported(code, failure.network_code.clone())
            }
            CardUpdate::Unanswered => FailureCode::AuthorizationUnknown.into(),
            _ => return Err(unfit(CardInstructionKind::Reverse)),
        };
        self.decline(failure, moment, effects)
    }

    fn authorize(
        &mut self,
        authorization: &CardAuthorization,
        moment: &Moment,
        outcome: &mut CardOutcome,
    ) -> Result<(), Error> {
        let card = self.method.card_mut().ok_or_else(no_card)?;
        card.authorization = Some(authorization.clone());
        let (is_captured_at_once, installments) = (card.is_captured_at_once, card.installments);
        self.expires_at = authorization.expires_at;
        if is_captured_at_once {
            // The acquirer authorised alone, although the order asked for both.
            let payment_id = authorization.payment_id.clone();
            let instruction = CardInstruction::Capture { payment_id, installments };
            outcome.next = Some(self.order_of_card(instruction, self.amount_cents, moment)?);
        }
        self.change(ChargeStatus::Authorized, None, moment, &mut outcome.effects)?;
        self.due = self.scheduled_step();
        Ok(())
    }

    fn receive_capture(
        &mut self,
        update: &CardUpdate,
        (books, fees): (&mut Books, &FeeSchedule),
        moment: &Moment,
        outcome: &mut CardOutcome,
    ) -> Result<(), Error> {
        let CardUpdate::Captured { amount_cents, captured_at, agenda, .. } = update else {
            return Ok(());
        };
        let card = self.method.card().ok_or_else(no_card)?;
        let authorization = card.authorization.as_ref();
        let payment_id = authorization.map(|one| one.payment_id.clone()).ok_or_else(|| {
            Error::internal("the acquirer captured an amount without an authorisation")
        })?;
        // Amount and days are facts, also if the acquirer captures less than ordered or pays all on one day.
        if *amount_cents == 0 || agenda.is_empty() {
            let detail = "the acquirer captured nothing, or does not say when it pays";
            return Err(Error::internal(detail));
        }
        let report = PaymentReport {
            network_id: NetworkPaymentId::of_card(payment_id),
            method: MethodKind::Card,
            amount_cents: *amount_cents,
            paid_at: *captured_at,
            payer: ReportedPayer::default(),
            txid: None,
            reason_codes: Vec::new(),
        };
        let fee_cents = fees.fee_cents(*amount_cents);
        let receivables = Receivable::of_sale(*amount_cents, fee_cents, agenda);
        let listed: Vec<_> = receivables.iter().map(|one| (one.number, one.settles_at)).collect();
        self.card_to_change()?.receivables = receivables;
        self.list_receivables(&listed, &mut outcome.effects);
        self.record_payment(&report)?;
        let paid = Posting::new(EntryKind::ChargePaid, self.paid_amount_cents);
        books.post(&self.entry_context(), &[paid], moment, &mut outcome.effects)?;
        self.due = self.next_installment();
        self.change(ChargeStatus::Paid, None, moment, &mut outcome.effects)?;
        let posted_to = TransactionRef::Charge(self.id);
        outcome.payment = Some(Payment::of(self.account_id, &report, posted_to, moment.now));
        Ok(())
    }

    /// Declines the charge, or lets its payer try another card on the payment page. An authorisation that was lost
    /// ends the attempts, because no second card may pay what the first one may have paid.
    fn decline(
        &mut self,
        failure: Failure,
        moment: &Moment,
        effects: &mut Effects,
    ) -> Result<(), Error> {
        let may_be_charged = matches!(
            failure.code,
            FailureCode::AuthorizationUnknown | FailureCode::AuthorizationLost
        );
        let is_over = may_be_charged || self.expires_at <= moment.now;
        let may_try_again = !is_over && self.card_to_change()?.has_attempts_left();
        let status = if may_try_again { ChargeStatus::Pending } else { ChargeStatus::Declined };
        let reason = failure.code.as_str();
        self.failure = Some(failure);
        self.change(status, Some(reason), moment, effects)?;
        self.due = self.scheduled_step();
        Ok(())
    }

    fn refuse_capture(
        &mut self,
        failure: &Failure,
        moment: &Moment,
        effects: &mut Effects,
    ) -> Result<(), Error> {
        self.due = self.scheduled_step();
        let event = self.remain(EventType::ChargeCaptureRefused)?;
        self.record_status(event, Some(failure.code.as_str()), moment, effects);
        Ok(())
    }

    fn refuse_void(
        &mut self,
        failure: &Failure,
        moment: &Moment,
        effects: &mut Effects,
    ) -> Result<(), Error> {
        let reason = Some(failure.code.as_str());
        self.change(ChargeStatus::Authorized, reason, moment, effects)?;
        self.due = self.scheduled_step();
        Ok(())
    }

    /// Returns the acquirer's id of the payment, if the charge is authorised and no order is open.
    fn require_authorized(&self, participle: &str, moment: &Moment) -> Result<String, Error> {
        let card = self.method.card().ok_or_else(|| {
            let detail = format!("only a charge by card can be {participle} so");
            Error::conflict(Code::ChargeState, detail)
        })?;
        if self.status_at(moment.now) != ChargeStatus::Authorized {
            return Err(self.clone().as_of(moment.now).not_in_state_to(participle));
        }
        self.require_no_open_card_order()?;
        let authorization = card.authorization.as_ref();
        let missing = || Error::internal("an authorised charge has an authorisation");
        authorization.map(|one| one.payment_id.clone()).ok_or_else(missing)
    }

    /// Requires that the acquirer has answered every order, and that the charge may have another.
    pub(super) fn require_no_open_card_order(&self) -> Result<(), Error> {
        let card = self.method.card().ok_or_else(no_card)?;
        if card.orders >= ORDERS_MAX {
            let detail = "the charge has had too many orders to its acquirer";
            return Err(Error::conflict(Code::ChargeState, detail));
        }
        if card.ordered.is_some() {
            let detail =
                "the acquirer has not answered the last order about the charge; wait for its event";
            return Err(Error::conflict(Code::ChargeState, detail));
        }
        Ok(())
    }

    pub(super) fn order_of_card(
        &mut self,
        instruction: CardInstruction,
        amount_cents: u64,
        moment: &Moment,
    ) -> Result<CardOrder, Error> {
        let (account_id, charge_id) = (self.account_id, self.id);
        let card = self.card_to_change()?;
        card.orders += 1;
        card.ordered = Some(instruction.kind());
        let order_id = format!("{}{:02}", charge_id.ulid(), card.orders);
        let mut submission = Submission::new(order_id, None, moment.now);
        submission.provider.clone_from(&card.provider);
        Ok(CardOrder {
            account_id,
            charge_id,
            number: card.orders,
            amount_cents,
            instruction,
            submission,
            due: Some(Due { at: moment.now, step: CardOrderStep::Submit }),
            version: 0,
        })
    }

    pub(super) fn card_to_change(&mut self) -> Result<&mut CardCharge, Error> {
        self.method.card_mut().ok_or_else(no_card)
    }
}

/// Returns the error of an answer that no order of this kind has.
fn unfit(kind: CardInstructionKind) -> Error {
    let kind = kind.as_str();
    Error::internal(format!("the acquirer's answer does not fit an order to {kind} a card"))
}

fn no_card() -> Error {
    Error::internal("the charge has no card")
}
