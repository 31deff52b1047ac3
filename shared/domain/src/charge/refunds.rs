//! What a charge says of its refunds: how much of it is left, until when, and which there are.
//!
//! The charge is written in the same transaction as each of its refunds, at the version that was
//! read. So however many are asked for at once, together they never exceed what was paid.
use crate::charge::{Charge, ChargeMethod, ChargeRefund, ChargeStatus, RefundStatus};
use crate::event::Lifecycle;
use crate::kernel::{Code, Error, Moment, RefundId};
use crate::ledger::Effects;
use jiff::Timestamp;

/// The most refunds of one charge that have not failed: they are part of its row and of its events.
pub const REFUNDS_MAX: usize = 50;

/// A day of a window: windows are counted in hours, so that no calendar moves their end.
const DAY_HOURS: i64 = 24;

impl Charge {
    /// How it is paid.
    pub const fn method(&self) -> ChargeMethod {
        // There is one way so far.
        ChargeMethod::Pix
    }

    /// What can still be given back.
    pub fn refundable_cents(&self) -> u64 {
        let gone = self.refunded_amount_cents.saturating_add(self.refunding_amount_cents);
        self.paid_amount_cents.saturating_sub(gone)
    }

    /// When the payer paid.
    fn paid_at(&self) -> Option<Timestamp> {
        let paid = |status| matches!(status, ChargeStatus::Paid | ChargeStatus::InReview);
        self.status_history.iter().find(|step| paid(step.status)).map(|step| step.at)
    }

    /// Until when it can be given back, this instant not included.
    pub fn refundable_until(&self) -> Option<Timestamp> {
        self.paid_at().zip(self.method().refundable_for()).map(|(paid_at, lasts)| paid_at + lasts)
    }

    /// Sets an amount apart for a refund, all that is left when none is asked; how much it is, and
    /// until when the network takes it.
    pub(crate) fn begin_refund(
        &mut self,
        id: RefundId,
        asked_cents: Option<u64>,
        moment: &Moment,
    ) -> Result<(u64, Timestamp), Error> {
        if self.status != ChargeStatus::Credited {
            return Err(self.clone().as_of(moment.now).not_in_state_to("refunded"));
        }
        let until = self.refundable_until().filter(|until| moment.now < *until);
        let until = until.ok_or_else(|| self.window_closed())?;
        let left_cents = self.refundable_cents();
        let amount_cents = asked_cents.unwrap_or(left_cents);
        if amount_cents == 0 || amount_cents > left_cents {
            let detail = format!("{left_cents} cents of the charge are left to be refunded");
            return Err(Error::refused(Code::RefundExceedsCharge, detail));
        }
        self.make_room()?;
        // It is no more than is left, so the sum is no more than was paid.
        self.refunding_amount_cents += amount_cents;
        self.refunds.push(ChargeRefund { id, amount_cents, status: RefundStatus::Processing });
        Ok((amount_cents, until))
    }

    /// One that failed makes room for another: it can still be looked up by itself.
    fn make_room(&mut self) -> Result<(), Error> {
        if self.refunds.len() < REFUNDS_MAX {
            return Ok(());
        }
        let failed = |refund: &ChargeRefund| refund.status == RefundStatus::Rejected;
        let oldest = self.refunds.iter().position(failed).ok_or_else(|| {
            let detail = format!("a charge has {REFUNDS_MAX} refunds at most");
            Error::conflict(Code::RefundLimit, detail)
        })?;
        self.refunds.remove(oldest);
        Ok(())
    }

    /// Writes down how a refund ended, and tells of it when money went back.
    pub(crate) fn end_refund(
        &mut self,
        id: RefundId,
        amount_cents: u64,
        status: RefundStatus,
        moment: &Moment,
        effects: &mut Effects,
    ) -> Result<(), Error> {
        let short = || Error::internal("a charge knows less of a refund than the refund");
        let refunding = self.refunding_amount_cents.checked_sub(amount_cents);
        self.refunding_amount_cents = refunding.ok_or_else(short)?;
        let refund = self.refunds.iter_mut().find(|refund| refund.id == id);
        refund.ok_or_else(short)?.status = status;
        if status == RefundStatus::Paid {
            self.refunded_amount_cents += amount_cents;
            let event = self.enter(ChargeStatus::Credited)?;
            self.record(event, moment, effects);
        }
        Ok(())
    }

    fn window_closed(&self) -> Error {
        let detail = match self.method().refundable_for() {
            Some(lasts) => {
                let days = lasts.as_hours() / DAY_HOURS;
                format!("a charge can be refunded for {days} days after it was paid; make a payout")
            }
            None => "what was paid by boleto cannot be refunded; make a payout".to_owned(),
        };
        Error::refused(Code::RefundWindowClosed, detail)
    }
}
