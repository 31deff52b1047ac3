//! The updates of a payout from the network, and their effects.
use crate::event::Lifecycle;
use crate::kernel::{Code, Due, Error, Moment};
use crate::ledger::{Effects, EntryContext, EntryKind, Funds, Posting};
use crate::network::{NetworkAction, OutboundOrder, SUBMIT_WINDOW, Submission};
use crate::payout::{Payout, PayoutStatus, PayoutStep, PayoutUpdate, Return};
use jiff::Timestamp;

impl OutboundOrder for Payout {
    fn is_in_flight(&self) -> bool {
        self.status == PayoutStatus::Processing
    }

    fn submission(&self) -> Option<&Submission> {
        self.submission.as_ref()
    }

    fn submission_mut(&mut self) -> Option<&mut Submission> {
        self.submission.as_mut()
    }

    fn next_action(&self) -> Option<(Timestamp, NetworkAction)> {
        let due = self.due.as_ref()?;
        match due.step {
            PayoutStep::Submit => Some((due.at, NetworkAction::Submit)),
            PayoutStep::Query => Some((due.at, NetworkAction::Query)),
            PayoutStep::ReserveFunds
            | PayoutStep::CheckOwner { .. }
            | PayoutStep::Expire
            | PayoutStep::StartScheduled
            | PayoutStep::ApplyUpdate { .. } => None,
        }
    }

    fn schedule_action(&mut self, action: NetworkAction, at: Timestamp) {
        let step = match action {
            NetworkAction::Submit => PayoutStep::Submit,
            NetworkAction::Query => PayoutStep::Query,
        };
        self.due = Some(Due { at, step });
    }

    fn submit_deadline(&self) -> Option<Timestamp> {
        self.submission.as_ref().map(|submission| submission.queued_at + SUBMIT_WINDOW)
    }
}

impl Payout {
    /// Returns the error for an update of a payout that was not submitted.
    pub fn not_submitted(&self) -> Error {
        self.not_in_state_to("updated by the network, because it has not been submitted")
    }

    /// Records that the network did not respond about the payout.
    pub fn mark_unconfirmed(&mut self, moment: &Moment) -> Result<(), Error> {
        if self.status != PayoutStatus::Processing {
            return Err(self.not_in_state_to("marked as unconfirmed"));
        }
        self.record_no_response(moment.now);
        Ok(())
    }

    /// Applies an update from the network, with its entries in the books. An update that was applied
    /// before changes nothing.
    pub fn apply_update(
        &mut self,
        update: &PayoutUpdate,
        funds: &mut Funds,
        moment: &Moment,
    ) -> Result<Effects, Error> {
        let mut effects = Effects::default();
        match (update, self.status) {
            (PayoutUpdate::Accepted, PayoutStatus::Processing) => {
                self.clear_unconfirmed();
                self.schedule_query(moment.now);
            }
            (PayoutUpdate::Settled, PayoutStatus::Processing) => {
                self.settle(funds, moment, &mut effects)?;
            }
            (PayoutUpdate::Rejected { failure }, PayoutStatus::Processing) => {
                self.clear_unconfirmed();
                let failure = Some(failure.clone());
                effects = self.end(PayoutStatus::Rejected, failure, funds, moment)?;
            }
            (PayoutUpdate::Returned { return_id, amount_cents, failure }, _) => {
                // The update of the return can arrive before the update of the payment.
                if self.status == PayoutStatus::Processing {
                    self.settle(funds, moment, &mut effects)?;
                }
                let back = Return {
                    return_id: return_id.clone(),
                    amount_cents: *amount_cents,
                    failure: failure.clone(),
                    at: moment.now,
                };
                self.take_back(back, funds, moment, &mut effects)?;
            }
            (
                PayoutUpdate::Accepted | PayoutUpdate::Settled,
                PayoutStatus::Paid | PayoutStatus::Returned,
            )
            | (PayoutUpdate::Accepted | PayoutUpdate::Rejected { .. }, PayoutStatus::Rejected) => {}
            (PayoutUpdate::Accepted, _) => {
                return Err(self.not_in_state_to("accepted by the network"));
            }
            (PayoutUpdate::Settled, _) => return Err(self.not_in_state_to("paid")),
            (PayoutUpdate::Rejected { .. }, _) => return Err(self.not_in_state_to("rejected")),
        }
        Ok(effects)
    }

    fn clear_unconfirmed(&mut self) {
        if let Some(submission) = &mut self.submission {
            submission.clear_unconfirmed();
        }
    }

    fn settle(
        &mut self,
        funds: &mut Funds,
        moment: &Moment,
        effects: &mut Effects,
    ) -> Result<(), Error> {
        let out =
            [(EntryKind::PayoutPaid, self.amount_cents), (EntryKind::PayoutFee, self.fees_cents)];
        funds.settle(&self.entry_context(), &out, moment, effects)?;
        self.clear_unconfirmed();
        self.change(PayoutStatus::Paid, None, moment, effects)
    }

    /// Applies a return of all or a part of the amount. A return of all gives the fee back.
    fn take_back(
        &mut self,
        back: Return,
        funds: &mut Funds,
        moment: &Moment,
        effects: &mut Effects,
    ) -> Result<(), Error> {
        if self.returns.iter().any(|earlier| earlier.return_id == back.return_id) {
            return Ok(());
        }
        if self.status != PayoutStatus::Paid {
            return Err(self.not_in_state_to("returned"));
        }
        let returned = self.returned_amount_cents.checked_add(back.amount_cents);
        let returned = returned.filter(|sum| *sum <= self.amount_cents && back.amount_cents > 0);
        self.returned_amount_cents = returned.ok_or_else(|| {
            Error::refused(
                Code::LedgerLimit,
                "the returned amount exceeds the amount of the payout",
            )
        })?;
        let mut postings = vec![Posting::new(EntryKind::PayoutReturned, back.amount_cents)];
        let whole = self.returned_amount_cents == self.amount_cents;
        if whole {
            postings.push(Posting::new(EntryKind::PayoutFeeReversed, self.fees_cents));
        }
        let context = EntryContext {
            return_id: Some(back.return_id.clone()),
            failure: Some(back.failure.clone()),
            ..self.entry_context()
        };
        funds.books.post(&context, &postings, moment, effects)?;
        let failure = back.failure.clone();
        self.returns.push(back);
        if whole {
            self.fees_cents = 0;
            let reason = Some(failure.code.as_str());
            self.failure = Some(failure);
            return self.change(PayoutStatus::Returned, reason, moment, effects);
        }
        let event = self.enter(PayoutStatus::Paid)?;
        self.record(event, moment, effects);
        Ok(())
    }
}
