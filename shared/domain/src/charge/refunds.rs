//! The refunds that a charge knows: the amount that is left, the time until which it can be
//! refunded, and the refunds themselves.
//!
//! The charge is written in the same transaction as each of its refunds, at the version that was
//! read. So all refunds together never exceed what was paid, even if many are created at once.
use crate::charge::method::DAY_HOURS;
use crate::charge::{Charge, ChargeRefund, ChargeStatus, RefundStatus};
use crate::event::{EventType, Lifecycle};
use crate::kernel::{Code, Error, MethodKind, Moment, RefundId};
use crate::ledger::Effects;
use jiff::Timestamp;

/// Most refunds of one charge that were not rejected. The limit exists because the refunds are part
/// of the charge's row and events.
pub const REFUNDS_MAX: usize = 50;

impl Charge {
    /// Returns the amount that can still be refunded, in cents: not what the network took back or
    /// demands, because the payer would have it twice.
    pub fn refundable_cents(&self) -> u64 {
        let demanded = self.refunding_amount_cents.saturating_add(self.returned.claimed_cents());
        self.returnable_cents().saturating_sub(demanded)
    }

    /// Returns the time at which the payer paid, by the clock of the network.
    pub fn paid_at(&self) -> Option<Timestamp> {
        if let Some(payment) = &self.payment {
            return Some(payment.paid_at);
        }
        let has_money = matches!(
            self.status,
            ChargeStatus::Paid
                | ChargeStatus::Credited
                | ChargeStatus::InReview
                | ChargeStatus::Rejected
        );
        if !has_money {
            // Its bank may have withdrawn the notice of a payment.
            return None;
        }
        // A charge of before payments were facts of their own.
        let paid = |status| matches!(status, ChargeStatus::Paid | ChargeStatus::InReview);
        self.status_history.iter().find(|step| paid(step.status)).map(|step| step.at)
    }

    /// Returns the method of the payment; of a charge that is not paid, its own method.
    pub fn paid_by(&self) -> MethodKind {
        self.payment.as_ref().map_or(self.method.kind(), |payment| payment.method)
    }

    /// Returns the provider that has the charge. Returns `None` if no order of the charge chose one.
    pub fn provider(&self) -> Option<&str> {
        let card = self.method.card().and_then(|card| card.provider.as_deref());
        card.or_else(|| self.method.boleto()?.provider.as_deref())
    }

    /// Returns the acquirer's id of the payment. Returns `None` if no card paid the charge.
    pub(super) fn card_payment_id(&self) -> Option<String> {
        let payment_id = self.method.card()?.payment_id.as_ref()?;
        Some(payment_id.as_str().to_owned())
    }

    /// Returns the time from which the charge can no longer be refunded. Returns `None` if it is
    /// not paid, or if its method has no refunds.
    pub fn refundable_until(&self) -> Option<Timestamp> {
        self.paid_at()
            .zip(self.paid_by().refundable_for())
            .map(|(paid_at, window)| paid_at + window)
    }

    /// Reserves an amount for a refund; without an amount, the rest of the charge. Returns the
    /// amount in cents and the time until which the network accepts the refund.
    pub(crate) fn begin_refund(
        &mut self,
        id: RefundId,
        requested_cents: Option<u64>,
        moment: &Moment,
    ) -> Result<(u64, Timestamp), Error> {
        let is_card = self.method.card().is_some();
        // The instalments of a card that is paid can be refunded before they are credited.
        let is_refundable = match self.status {
            ChargeStatus::Credited => true,
            ChargeStatus::Paid => is_card,
            _ => false,
        };
        if !is_refundable {
            return Err(self.clone().as_of(moment.now).not_in_state_to("refunded"));
        }
        if let Some(dispute_id) = self.returned.open_dispute() {
            let detail = format!(
                "the charge has the open dispute {dispute_id}, so its money cannot be refunded; wait for the \
                 end of the dispute"
            );
            return Err(Error::conflict(Code::ChargeDisputed, detail));
        }
        let until = self.refundable_until().filter(|until| moment.now < *until);
        let until = until.ok_or_else(|| self.window_closed())?;
        let left_cents = self.refundable_cents();
        let amount_cents = requested_cents.unwrap_or(left_cents);
        if amount_cents == 0 || amount_cents > left_cents {
            return Err(self.refund_exceeds(left_cents));
        }
        self.remove_oldest_rejected()?;
        // The amount is at most what is left, so the sum is at most what was paid.
        self.refunding_amount_cents += amount_cents;
        self.refunds.push(ChargeRefund { id, amount_cents, status: RefundStatus::Processing });
        Ok((amount_cents, until))
    }

    fn refund_exceeds(&self, left_cents: u64) -> Error {
        let blocked = match self.returned.claimed_cents() {
            0 => String::new(),
            claimed => format!(", because {claimed} cents of it are blocked"),
        };
        let detail = format!(
            "the refund exceeds the rest of the charge, which is {left_cents} cents{blocked}; send a smaller amount"
        );
        Error::refused(Code::RefundExceedsCharge, detail)
    }

    /// Returns true if a refund of this amount can be paid: the network has not taken the money back.
    pub fn has_money_for(&self, amount_cents: u64) -> bool {
        amount_cents <= self.returnable_cents()
    }

    /// Removes the oldest rejected refund if the list is full. That refund can still be found by
    /// its id.
    fn remove_oldest_rejected(&mut self) -> Result<(), Error> {
        if self.refunds.len() < REFUNDS_MAX {
            return Ok(());
        }
        let rejected = |refund: &ChargeRefund| refund.status == RefundStatus::Rejected;
        let oldest = self.refunds.iter().position(rejected).ok_or_else(|| {
            let detail = format!("the charge has {REFUNDS_MAX} refunds, which is the limit; send the rest with a payout");
            Error::conflict(Code::RefundLimit, detail)
        })?;
        self.refunds.remove(oldest);
        Ok(())
    }

    /// Records the result of a refund, and an event if it was paid.
    pub(crate) fn end_refund(
        &mut self,
        id: RefundId,
        amount_cents: u64,
        status: RefundStatus,
        moment: &Moment,
        effects: &mut Effects,
    ) -> Result<(), Error> {
        let missing = || Error::internal("the charge lacks a refund that refers to it");
        let refunding = self.refunding_amount_cents.checked_sub(amount_cents);
        self.refunding_amount_cents = refunding.ok_or_else(missing)?;
        let refund = self.refunds.iter_mut().find(|refund| refund.id == id);
        refund.ok_or_else(missing)?.status = status;
        if let Some(card) = self.method.card_mut() {
            card.refund_parts.retain(|part| part.refund_id != id);
        }
        if status == RefundStatus::Paid {
            self.refunded_amount_cents += amount_cents;
            let event = self.remain(EventType::ChargeRefunded)?;
            self.record(event, moment, effects);
        }
        Ok(())
    }

    fn window_closed(&self) -> Error {
        let kind = self.paid_by();
        let detail = match kind.refundable_for() {
            Some(window) => {
                let days = window.as_hours() / DAY_HOURS;
                format!(
                    "the refund window of {days} days after the payment has closed; send the money with a payout"
                )
            }
            None => {
                let method = kind.as_str();
                format!("a charge by {method} cannot be refunded; send the money with a payout")
            }
        };
        Error::refused(Code::RefundWindowClosed, detail)
    }
}
