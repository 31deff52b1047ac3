//! What a network says of a payout, and what follows from it.
use crate::event::Lifecycle;
use crate::kernel::{Code, Due, Error, Moment};
use crate::ledger::{Effects, EntryKind, Funds, Posting};
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
            | PayoutStep::Expire
            | PayoutStep::Release
            | PayoutStep::ApplyUpdate { .. } => None,
        }
    }

    fn schedule_action(&mut self, errand: NetworkAction, at: Timestamp) {
        let step = match errand {
            NetworkAction::Submit => PayoutStep::Submit,
            NetworkAction::Query => PayoutStep::Query,
        };
        self.due = Some(Due { at, step });
    }

    fn submit_deadline(&self) -> Option<Timestamp> {
        self.submission.as_ref().map(|submission| submission.since + SUBMIT_WINDOW)
    }
}

impl Payout {
    /// The refusal of a fact about an order that the network does not have.
    pub fn not_submitted(&self) -> Error {
        self.not_in_state_to("told of by the network: it has not gone")
    }

    /// The network does not answer about an order it has.
    pub fn mark_unknown(&mut self, moment: &Moment) -> Result<(), Error> {
        if self.status != PayoutStatus::Processing {
            return Err(self.not_in_state_to("waited for"));
        }
        self.record_no_response(moment.now);
        Ok(())
    }

    /// Takes in a fact from the network, with its entries in the books. A fact that is told again
    /// changes nothing.
    pub fn receive(
        &mut self,
        update: &PayoutUpdate,
        funds: &mut Funds,
        moment: &Moment,
    ) -> Result<Effects, Error> {
        let mut effects = Effects::default();
        match (update, self.status) {
            (PayoutUpdate::Accepted, PayoutStatus::Processing) => {
                self.clear_unknown();
                self.schedule_query(moment.now);
            }
            (PayoutUpdate::Settled, PayoutStatus::Processing) => {
                self.settle(funds, moment, &mut effects)?;
            }
            (PayoutUpdate::Rejected { reason }, PayoutStatus::Processing) => {
                self.clear_unknown();
                effects = self.end(PayoutStatus::Rejected, Some(*reason), funds, moment)?;
            }
            (PayoutUpdate::Returned { return_id, amount_cents, reason }, _) => {
                // Word of the return can overtake word of the payment.
                if self.status == PayoutStatus::Processing {
                    self.settle(funds, moment, &mut effects)?;
                }
                let back = Return {
                    return_id: return_id.clone(),
                    amount_cents: *amount_cents,
                    reason: *reason,
                    at: moment.now,
                };
                self.take_back(back, funds, moment, &mut effects)?;
            }
            (
                PayoutUpdate::Accepted | PayoutUpdate::Settled,
                PayoutStatus::Paid | PayoutStatus::Returned,
            )
            | (PayoutUpdate::Accepted | PayoutUpdate::Rejected { .. }, PayoutStatus::Rejected) => {}
            (PayoutUpdate::Accepted, _) => return Err(self.not_in_state_to("taken by the network")),
            (PayoutUpdate::Settled, _) => return Err(self.not_in_state_to("paid")),
            (PayoutUpdate::Rejected { .. }, _) => return Err(self.not_in_state_to("rejected")),
        }
        Ok(effects)
    }

    fn clear_unknown(&mut self) {
        if let Some(submission) = &mut self.submission {
            submission.clear_unknown();
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
        self.clear_unknown();
        self.change(PayoutStatus::Paid, None, moment, effects)
    }

    /// Money comes back, all of it or a part. A payout of which all came back costs nothing.
    fn take_back(
        &mut self,
        back: Return,
        funds: &mut Funds,
        moment: &Moment,
        effects: &mut Effects,
    ) -> Result<(), Error> {
        if self.returns.iter().any(|known| known.return_id == back.return_id) {
            return Ok(());
        }
        if self.status != PayoutStatus::Paid {
            return Err(self.not_in_state_to("returned"));
        }
        let returned = self.returned_amount_cents.checked_add(back.amount_cents);
        let returned = returned.filter(|sum| *sum <= self.amount_cents && back.amount_cents > 0);
        self.returned_amount_cents = returned.ok_or_else(|| {
            Error::refused(Code::LedgerLimit, "more came back than the payout was")
        })?;
        let mut postings = vec![Posting::new(EntryKind::PayoutReturned, back.amount_cents)];
        let whole = self.returned_amount_cents == self.amount_cents;
        if whole {
            postings.push(Posting::new(EntryKind::PayoutFeeReversed, self.fees_cents));
        }
        funds.books.post(&self.entry_context(), &postings, moment, effects)?;
        let reason = back.reason;
        self.returns.push(back);
        if whole {
            self.fees_cents = 0;
            return self.change(PayoutStatus::Returned, Some(reason), moment, effects);
        }
        let event = self.enter(PayoutStatus::Paid)?;
        self.record(event, moment, effects);
        Ok(())
    }
}
