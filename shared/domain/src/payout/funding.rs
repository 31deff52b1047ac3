//! The funds of a payout: the hold, and the wait for money.
//!
//! A payout that waits has nothing to do until its account receives money or its wait ends. So the
//! scheduler looks at an account with waiting payouts, not at each of them (docs/adr/0022).
use super::life::limit_reached;
use crate::kernel::{Code, Due, Error, FailureCode, Moment};
use crate::ledger::{Effects, Funds, Hold};
use crate::payout::{
    DECISION_TIMEOUT, FUNDING_TIMEOUT, Payout, PayoutStatus, PayoutStep, Terms, hold_of,
};
use jiff::Timestamp;

/// The most payouts of an account that wait for funds.
pub const WAITING_PAYOUTS_MAX: u32 = 1_000;

impl Payout {
    /// Holds the money and returns the next status: `AwaitingFunds` if the balance is too low and the
    /// payout may wait.
    pub(super) fn reserve_funds(
        &mut self,
        terms: &Terms,
        funds: &mut Funds,
        moment: &Moment,
        effects: &mut Effects,
    ) -> Result<PayoutStatus, Error> {
        let total = self.total_cents();
        let decided_by = moment.now + DECISION_TIMEOUT;
        let needs_people = self.approvals_needed > 0 || self.needs_review;
        let expires_at = (needs_people && !self.must_open_kyc()).then_some(decided_by);
        let entry_context = self.entry_context();
        let placed = Hold::place(
            hold_of(self.id),
            &entry_context,
            total,
            expires_at,
            &mut funds.books,
            moment,
            effects,
        );
        match placed {
            Ok(hold) => {
                funds.hold = Some(hold);
                match self.must_open_kyc() {
                    true => self.open_kyc_by_rule(moment, effects),
                    false => self.next(terms, funds, moment),
                }
            }
            Err(Error::Refused { code: Code::InsufficientFunds, .. }) if self.wait_for_funds => {
                let at = self.created_at + FUNDING_TIMEOUT;
                self.due = Some(Due { at, step: PayoutStep::ReserveFunds });
                Ok(PayoutStatus::AwaitingFunds)
            }
            Err(error) => Err(error),
        }
    }

    /// Counts a new payout that waits. The count is in the books, so that a payment at the same moment
    /// makes the decision stale.
    pub(super) fn start_waiting(&self, funds: &mut Funds) -> Result<(), Error> {
        let waiting = &mut funds.books.waiting_payouts;
        if *waiting >= WAITING_PAYOUTS_MAX {
            return Err(Error::conflict(
                Code::WaitingPayoutLimit,
                format!(
                    "the account has {WAITING_PAYOUTS_MAX} payouts that wait for funds, which is the \
                     limit; cancel one, or send the payout when there is money"
                ),
            ));
        }
        *waiting += 1;
        Ok(())
    }

    /// Takes a payout that waits out of the count, because it gets its money or ends.
    pub(super) fn stop_waiting(&self, funds: &mut Funds) {
        if self.status == PayoutStatus::AwaitingFunds {
            let waiting = &mut funds.books.waiting_payouts;
            *waiting = waiting.saturating_sub(1);
        }
    }

    /// Returns true if the payout waits for funds, may still wait, and `available_cents` covers it.
    pub fn can_be_funded(&self, available_cents: u64, now: Timestamp) -> bool {
        let may_wait = now < self.created_at + FUNDING_TIMEOUT;
        self.status == PayoutStatus::AwaitingFunds
            && may_wait
            && self.total_cents() <= available_cents
    }

    /// Holds the money of a payout that waits for it, and moves on. Returns `None` if it does not wait
    /// or the money does not cover it. A limit, which would refuse the request of a user, ends it.
    pub fn fund(
        &mut self,
        terms: &Terms,
        funds: &mut Funds,
        moment: &Moment,
    ) -> Result<Option<Effects>, Error> {
        if !self.can_be_funded(funds.books.balances.available_cents, moment.now) {
            return Ok(None);
        }
        let mut effects = Effects::default();
        match self.reserve_funds(terms, funds, moment, &mut effects) {
            Ok(PayoutStatus::AwaitingFunds) => Ok(None),
            Ok(status) => {
                self.stop_waiting(funds);
                self.change(status, None, moment, &mut effects)?;
                Ok(Some(effects))
            }
            Err(error) => {
                let code = limit_reached(error)?;
                self.end_after(effects, code, funds, moment).map(Some)
            }
        }
    }

    /// Ends the wait: the money did not come in time.
    pub(super) fn end_wait(
        &mut self,
        funds: &mut Funds,
        moment: &Moment,
    ) -> Result<Effects, Error> {
        let failure = Some(FailureCode::InsufficientFunds.into());
        self.end(PayoutStatus::Rejected, failure, funds, moment)
    }
}
