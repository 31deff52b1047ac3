//! The return of a credit as an order to the network, with the same steps as a refund.
use crate::charge::RefundUpdate;
use crate::credit::{Credit, CreditStatus, CreditStep};
use crate::kernel::{Due, Error, Moment};
use crate::ledger::{Books, Effects, EntryKind, Posting};
use crate::network::{NetworkAction, OutboundOrder, SUBMIT_WINDOW, Submission};
use jiff::Timestamp;

impl Credit {
    /// Takes the due step if it needs no network. Returns `None` if no such step is due.
    pub fn advance(
        &mut self,
        books: &mut Books,
        moment: &Moment,
    ) -> Result<Option<Effects>, Error> {
        match self.due.clone().filter(|due| due.is_due(moment.now)).map(|due| due.step) {
            // The report of the payment came so late that the network accepts no return.
            Some(CreditStep::Return) if !self.is_returnable(moment.now) => {
                self.due = None;
                Ok(Some(Effects::default()))
            }
            Some(CreditStep::Return) => {
                self.begin_return(None, None, moment).map(|()| Some(Effects::default()))
            }
            Some(CreditStep::ApplyUpdate { update }) => {
                self.due = None;
                self.apply_update(&update, books, moment).map(Some)
            }
            Some(CreditStep::Submit | CreditStep::Query) | None => Ok(None),
        }
    }

    /// Applies what the network reports about the return, and posts its entry to the books. An update
    /// that is reported again changes nothing.
    pub fn apply_update(
        &mut self,
        update: &RefundUpdate,
        books: &mut Books,
        moment: &Moment,
    ) -> Result<Effects, Error> {
        let mut effects = Effects::default();
        match (update, self.status) {
            (RefundUpdate::Accepted, CreditStatus::Returning) => {
                self.clear_unconfirmed();
                self.schedule_query(moment.now);
            }
            (RefundUpdate::Settled { return_id }, CreditStatus::Returning) => {
                let returned = Posting::new(EntryKind::CreditReturned, self.amount_cents());
                books.post(&self.entry_context(), &[returned], moment, &mut effects)?;
                self.clear_unconfirmed();
                if let Some(last) = &mut self.last_return {
                    last.return_id.clone_from(return_id);
                }
                self.end(CreditStatus::Returned, None, moment, &mut effects)?;
            }
            (RefundUpdate::Rejected { failure }, CreditStatus::Returning) => {
                self.clear_unconfirmed();
                if let Some(last) = &mut self.last_return {
                    last.failure = Some(failure.clone());
                }
                let reason = Some(failure.code.as_str().to_owned());
                self.end(CreditStatus::Unmatched, reason, moment, &mut effects)?;
            }
            (RefundUpdate::Accepted, _)
            | (RefundUpdate::Settled { .. }, CreditStatus::Returned)
            | (
                RefundUpdate::Rejected { .. },
                CreditStatus::Unmatched | CreditStatus::Matched | CreditStatus::Kept,
            ) => {}
            (
                RefundUpdate::Settled { .. },
                CreditStatus::Unmatched | CreditStatus::Matched | CreditStatus::Kept,
            )
            | (RefundUpdate::Rejected { .. }, CreditStatus::Returned) => {
                return Err(self.not_in_state_to("changed by its return"));
            }
        }
        Ok(effects)
    }

    fn clear_unconfirmed(&mut self) {
        if let Some(submission) = self.submission_mut() {
            submission.clear_unconfirmed();
        }
    }
}

impl OutboundOrder for Credit {
    fn is_in_flight(&self) -> bool {
        self.status == CreditStatus::Returning
    }

    fn submission(&self) -> Option<&Submission> {
        self.last_return.as_ref().map(|last| &last.submission)
    }

    fn submission_mut(&mut self) -> Option<&mut Submission> {
        self.last_return.as_mut().map(|last| &mut last.submission)
    }

    fn next_action(&self) -> Option<(Timestamp, NetworkAction)> {
        let due = self.due.as_ref()?;
        match due.step {
            CreditStep::Submit => Some((due.at, NetworkAction::Submit)),
            CreditStep::Query => Some((due.at, NetworkAction::Query)),
            CreditStep::Return | CreditStep::ApplyUpdate { .. } => None,
        }
    }

    fn schedule_action(&mut self, action: NetworkAction, at: Timestamp) {
        let step = match action {
            NetworkAction::Submit => CreditStep::Submit,
            NetworkAction::Query => CreditStep::Query,
        };
        self.due = Some(Due { at, step });
    }

    /// Returns the end of the network's window for returns plus [`SUBMIT_WINDOW`], as for a refund.
    fn submit_deadline(&self) -> Option<Timestamp> {
        self.return_window_ends_at()?.checked_add(SUBMIT_WINDOW).ok()
    }
}
