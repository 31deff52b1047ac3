//! The early payment of instalments: its offer, its order, and the acquirer's answer.
use crate::charge::card::{CardInstruction, CardUpdate};
use crate::charge::{CardCharge, Charge, ChargeOrder, ChargeStatus, WithOrder};
use crate::event::{EventType, Lifecycle};
use crate::kernel::{Code, Error, FailureCode, Flaw, Moment, Violation};
use crate::ledger::Effects;
use crate::receivable::{
    Anticipation, AnticipationOffer, AnticipationPart, AnticipationTerms, Receivable,
};
use brazil::local;
use jiff::Timestamp;

impl Charge {
    /// Returns the card of a charge whose instalments the acquirer pays.
    ///
    /// # Errors
    /// `charge_state` if the charge is not by card, or not paid, or if all instalments are credited.
    pub fn require_paid_card(&self, now: Timestamp) -> Result<&CardCharge, Error> {
        let card = self.method.card().filter(|_| self.status == ChargeStatus::Paid);
        card.ok_or_else(|| self.clone().as_of(now).not_in_state_to("paid early"))
    }

    /// Returns what the early payment of some instalments would cost, or of all that settle later.
    ///
    /// # Errors
    /// `charge_state` if the charge has no order-free instalments that settle later; `charge_disputed` during a
    /// dispute; a violation of `numbers` for an instalment that is none of them.
    pub fn offer_anticipation(
        &self,
        numbers: Option<&[u8]>,
        terms: &AnticipationTerms,
        moment: &Moment,
    ) -> Result<AnticipationOffer, Error> {
        let card = self.require_paid_card(moment.now)?;
        self.require_no_open_card_order()?;
        if let Some(dispute_id) = self.returned.open_dispute() {
            let detail = format!("the charge has the open dispute {dispute_id}; wait for its end");
            return Err(Error::conflict(Code::ChargeDisputed, detail));
        }
        if self.returnable_cents() == 0 {
            let detail =
                "the network took the money of the charge back; nothing is left to pay early";
            return Err(Error::conflict(Code::ChargeState, detail));
        }
        // A refund in process can be rejected, and then more would be paid early than was agreed.
        let is_refunding =
            |one: &Receivable| card.refund_parts.iter().any(|part| part.number == one.number);
        let is_later = |one: &&Receivable| {
            one.open_cents() > 0
                && !is_refunding(one)
                && one.anticipation.is_none()
                && local(one.settles_at).date() > local(terms.settles_at).date()
        };
        let later: Vec<_> = card.receivables.iter().filter(is_later).collect();
        let unknown = numbers
            .into_iter()
            .flatten()
            .find(|number| later.iter().all(|one| one.number != **number));
        if let Some(number) = unknown {
            let detail =
                format!("instalment {number} cannot be paid early; GET shows those that can");
            let violation = Violation::new("numbers", Flaw::UnknownValue, detail);
            return Err(Error::Invalid(vec![violation]));
        }
        let is_chosen =
            |one: &&&Receivable| numbers.is_none_or(|numbers| numbers.contains(&one.number));
        let parts: Vec<_> = later.iter().filter(is_chosen).map(|one| part(one, terms)).collect();
        if parts.is_empty() {
            let detail = "no instalment of the charge settles later than an early payment would";
            return Err(Error::conflict(Code::ChargeState, detail));
        }
        Ok(AnticipationOffer { settles_at: terms.settles_at, parts })
    }

    /// Orders the early payment of an offer from the acquirer.
    ///
    /// # Errors
    /// An internal error if the charge has no payment at an acquirer.
    pub fn anticipate(
        &mut self,
        offer: &AnticipationOffer,
        moment: &Moment,
    ) -> Result<WithOrder, Error> {
        let card = self.method.card();
        let payment_id = card.and_then(|card| card.authorization.as_ref()).map(|it| &it.payment_id);
        let payment_id = payment_id.cloned();
        let payment_id =
            payment_id.ok_or_else(|| Error::internal("a paid charge has an authorisation"))?;
        let (parts, offered_at) = (offer.parts.clone(), offer.settles_at);
        let instruction = CardInstruction::Anticipate { payment_id, parts, offered_at };
        let order = self.order_of_card(instruction, offer.amount_cents(), moment)?;
        Ok((Effects::default(), Some(ChargeOrder::Card(order))))
    }

    /// Applies the answer to an order of an early payment. An instalment that was credited meanwhile, or that the
    /// acquirer pays no earlier, stays as it is.
    pub(super) fn answer_anticipation(
        &mut self,
        (parts, offered_at): (&[AnticipationPart], Timestamp),
        update: &CardUpdate,
        moment: &Moment,
        effects: &mut Effects,
    ) -> Result<(), Error> {
        let failure = match update {
            CardUpdate::Anticipated { settles_at } => {
                let times = (offered_at, *settles_at);
                return self.receive_anticipation(parts, times, moment, effects);
            }
            CardUpdate::Declined { failure } => failure.clone(),
            CardUpdate::Unanswered => FailureCode::NotAccepted.into(),
            _ => return Err(Error::internal("the acquirer's answer fits no early payment")),
        };
        let event = self.remain(EventType::ChargeAnticipationRefused)?;
        self.record_status(event, Some(failure.code.as_str()), moment, effects);
        Ok(())
    }

    fn receive_anticipation(
        &mut self,
        parts: &[AnticipationPart],
        (offered_at, settles_at): (Timestamp, Timestamp),
        moment: &Moment,
        effects: &mut Effects,
    ) -> Result<(), Error> {
        let card = self.card_to_change()?;
        let mut earlier = Vec::new();
        for part in parts {
            let one = card.receivables.iter_mut().find(|one| one.number == part.number);
            let is_later = |one: &&mut Receivable| {
                one.credited_at.is_none() && local(one.settles_at).date() > local(settles_at).date()
            };
            // What the acquirer pays no earlier costs nothing.
            let Some(one) = one.filter(is_later) else { continue };
            one.anticipation = Some(Anticipation {
                agreed_settles_at: one.settles_at,
                amount_cents: part.amount_cents,
                fee_cents: part.fee_until(one.settles_at, offered_at, settles_at),
                taken_fee_cents: 0,
            });
            earlier.push((one.number, one.settles_at));
            one.settles_at = settles_at;
        }
        if self.status == ChargeStatus::Paid {
            self.due = self.next_installment();
        }
        self.list_receivables(&earlier, effects);
        let event = self.remain(EventType::ChargeAnticipated)?;
        self.record(event, moment, effects);
        Ok(())
    }
}

fn part(receivable: &Receivable, terms: &AnticipationTerms) -> AnticipationPart {
    let amount_cents = receivable.open_cents();
    let left_cents = amount_cents - receivable.fee_cents.min(amount_cents);
    let fee_cents = terms.fee_cents(amount_cents, receivable.settles_at).min(left_cents);
    AnticipationPart { number: receivable.number, amount_cents, fee_cents }
}
