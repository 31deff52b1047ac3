//! The refunds that a charge knows: the amount that is left, the time until which it can be
//! refunded, and the refunds themselves.
//!
//! The charge is written in the same transaction as each of its refunds, at the version that was
//! read. So all refunds together never exceed what was paid, even if many are created at once.
use crate::charge::method::DAY_HOURS;
use crate::charge::{Charge, ChargeRefund, ChargeStatus, RefundStatus};
use crate::event::Lifecycle;
use crate::kernel::{Code, Error, Moment, RefundId};
use crate::ledger::Effects;
use jiff::Timestamp;

/// Most refunds of one charge that were not rejected. The limit exists because the refunds are part
/// of the charge's row and events.
pub const REFUNDS_MAX: usize = 50;

impl Charge {
    /// Returns the amount that can still be refunded, in cents.
    pub fn refundable_cents(&self) -> u64 {
        let refunded = self.refunded_amount_cents.saturating_add(self.refunding_amount_cents);
        self.paid_amount_cents.saturating_sub(refunded)
    }

    /// Returns the time at which the payer paid.
    fn paid_at(&self) -> Option<Timestamp> {
        let paid = |status| matches!(status, ChargeStatus::Paid | ChargeStatus::InReview);
        self.status_history.iter().find(|step| paid(step.status)).map(|step| step.at)
    }

    /// Returns the time from which the charge can no longer be refunded. Returns `None` if it is
    /// not paid, or if its method has no refunds.
    pub fn refundable_until(&self) -> Option<Timestamp> {
        self.paid_at()
            .zip(self.method.kind().refundable_for())
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
        if self.status != ChargeStatus::Credited {
            return Err(self.clone().as_of(moment.now).not_in_state_to("refunded"));
        }
        let until = self.refundable_until().filter(|until| moment.now < *until);
        let until = until.ok_or_else(|| self.window_closed())?;
        let left_cents = self.refundable_cents();
        let amount_cents = requested_cents.unwrap_or(left_cents);
        if amount_cents == 0 || amount_cents > left_cents {
            let detail = format!(
                "the refund exceeds the rest of the charge, which is {left_cents} cents; send a smaller amount"
            );
            return Err(Error::refused(Code::RefundExceedsCharge, detail));
        }
        self.remove_oldest_rejected()?;
        // The amount is at most what is left, so the sum is at most what was paid.
        self.refunding_amount_cents += amount_cents;
        self.refunds.push(ChargeRefund { id, amount_cents, status: RefundStatus::Processing });
        Ok((amount_cents, until))
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
        if status == RefundStatus::Paid {
            self.refunded_amount_cents += amount_cents;
            let event = self.enter(ChargeStatus::Credited)?;
            self.record(event, moment, effects);
        }
        Ok(())
    }

    fn window_closed(&self) -> Error {
        let kind = self.method.kind();
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
