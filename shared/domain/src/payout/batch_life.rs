//! The lifecycle of a batch: it is opened line by line, users decide about its payouts, and it ends when they
//! have ended.
//!
//! A payout does not write its batch: five hundred payouts that end at once would wait for one row. The
//! scheduler counts the payouts that have not ended, by key, and the less often the longer nothing changed
//! (docs/adr/0030).
use crate::access::Author;
use crate::event::{EventType, Lifecycle, Transition};
use crate::kernel::{Code, Error, Moment, UserId};
use crate::ledger::Effects;
use crate::payout::{
    BatchDecision, BatchLines, BatchStatus, BatchVerdict, BatchView, LineOutcome, Payout,
    PayoutBatch, PayoutStatus, StatusTotal,
};
use jiff::{SignedDuration, Timestamp};

/// The shortest and the longest time between two counts of a batch.
const RECOUNT_MIN: SignedDuration = SignedDuration::from_secs(55);
const RECOUNT_MAX: SignedDuration = SignedDuration::from_hours(1);

impl Lifecycle for PayoutBatch {
    type Status = BatchStatus;

    const NAME: &'static str = "payout_batch";
    const TRANSITIONS: &'static [Transition<BatchStatus>] = {
        use BatchStatus::{AwaitingApproval, Done, Opening, PartlyDone, Running};
        &[
            Transition::create(Opening, None),
            Transition::event(Opening, Running, EventType::PayoutBatchOpened),
            Transition::event(Running, AwaitingApproval, EventType::PayoutBatchAwaitingApproval),
            Transition::silent(AwaitingApproval, Running),
            Transition::event(Running, Done, EventType::PayoutBatchDone),
            Transition::event(Running, PartlyDone, EventType::PayoutBatchDone),
            Transition::event(AwaitingApproval, Done, EventType::PayoutBatchDone),
            Transition::event(AwaitingApproval, PartlyDone, EventType::PayoutBatchDone),
        ]
    };

    fn status_mut(&mut self) -> &mut BatchStatus {
        &mut self.status
    }
}

impl PayoutBatch {
    /// Counts a row with an outcome for each line. After the last row all lines are opened.
    pub fn count(&mut self, row: &BatchLines, moment: &Moment) -> Result<Effects, Error> {
        for (line, each) in (row.first_line()..).zip(&row.lines) {
            match each.outcome {
                Some(LineOutcome::Created { .. }) => {
                    self.created += 1;
                    self.open_lines.push(line);
                }
                Some(LineOutcome::Refused { .. }) => self.refused += 1,
                None => {}
            }
        }
        self.next_row = row.row + 1;
        match self.next_row >= self.rows() {
            true => self.change(BatchStatus::Running, moment),
            false => Ok(Effects::default()),
        }
    }

    /// Counts the payouts of the lines that had not ended, and moves to the status that follows. `payouts`
    /// are those of [`PayoutBatch::open_lines`], in their order.
    pub fn recount(
        &mut self,
        payouts: &[Option<Payout>],
        moment: &Moment,
    ) -> Result<Effects, Error> {
        let before = (self.totals(), self.owners_unchecked);
        let lines = std::mem::take(&mut self.open_lines);
        (self.unended, self.owners_unchecked) = (Vec::new(), 0);
        for (line, payout) in lines.into_iter().zip(payouts) {
            // A payout is never removed.
            let Some(payout) = payout else { continue };
            let (status, amount_cents) = (payout.status, payout.amount_cents);
            if has_ended(status) {
                add(&mut self.ended, status, amount_cents);
                continue;
            }
            self.open_lines.push(line);
            add(&mut self.unended, status, amount_cents);
            let waits = status == PayoutStatus::AwaitingApproval && payout.owner_is_unchecked();
            self.owners_unchecked += u32::from(waits);
        }
        if before != (self.totals(), self.owners_unchecked) {
            self.changed_at = Some(moment.now);
        }
        self.counted_at = Some(moment.now);
        self.lease.defer(moment.now + self.recount_after(moment.now));
        let status = self.status_of_count();
        match status == self.status {
            true => Ok(Effects::default()),
            false => self.change(status, moment),
        }
    }

    fn status_of_count(&self) -> BatchStatus {
        let waits = |total: &StatusTotal| total.status == PayoutStatus::AwaitingApproval;
        let paid = |total: &StatusTotal| total.status == PayoutStatus::Paid;
        if self.unended.iter().any(waits) {
            BatchStatus::AwaitingApproval
        } else if !self.open_lines.is_empty() {
            BatchStatus::Running
        } else if self.refused == 0 && self.ended.iter().all(paid) {
            BatchStatus::Done
        } else {
            BatchStatus::PartlyDone
        }
    }

    /// Returns the time until the next count: a quarter of the time since the last change.
    fn recount_after(&self, now: Timestamp) -> SignedDuration {
        let since = now.duration_since(self.changed_at.unwrap_or(self.created_at));
        (since / 4).clamp(RECOUNT_MIN, RECOUNT_MAX)
    }

    /// Decides about all payouts of the batch that wait for approval now. The scheduler carries the decision
    /// out, each payout in its own transaction.
    ///
    /// # Errors
    /// `payout_batch_state` if no payout waits or another decision is being carried out;
    /// `second_user_needed` if the user who created the batch approves it.
    pub fn decide(
        &mut self,
        verdict: BatchVerdict,
        (user_id, author): (UserId, Author),
        request_id: String,
        now: Timestamp,
    ) -> Result<(), Error> {
        let refused = |detail: String| Err(Error::conflict(Code::PayoutBatchState, detail));
        if self.status != BatchStatus::AwaitingApproval {
            return refused(format!(
                "the batch is {}; only a batch that is awaiting_approval can be approved or rejected",
                self.status.as_str()
            ));
        }
        // A rejection stops an approval that is being carried out.
        let is_stop = matches!(verdict, BatchVerdict::Reject(_));
        let open = self.decision_to_carry_out().map(|open| &open.verdict);
        if open.is_some_and(|open| !is_stop || matches!(open, BatchVerdict::Reject(_))) {
            return refused(
                "Trilho is carrying out another decision about the batch; send yours again when \
                 `decision.completed_at` has a time"
                    .to_owned(),
            );
        }
        if verdict == BatchVerdict::Approve && user_id == self.created_by {
            return Err(Error::forbidden(
                Code::SecondUserNeeded,
                "the user who created a batch cannot approve it; ask another user",
            ));
        }
        self.decision = Some(BatchDecision {
            verdict,
            user_id,
            author,
            request_id,
            decided_at: now,
            next_line: 0,
            changed: 0,
            skipped: 0,
            completed_at: None,
        });
        // The next tick begins, also if a count was put off. A tick that counts right now is stale.
        self.lease.release(now);
        Ok(())
    }

    /// Returns the decision that is not carried out yet.
    pub fn decision_to_carry_out(&self) -> Option<&BatchDecision> {
        self.decision.as_ref().filter(|decision| decision.completed_at.is_none())
    }

    /// Records that the decision was carried out for the lines before `next_line`, or for all.
    pub fn carry_out(
        &mut self,
        next_line: Option<u32>,
        (changed, skipped): (u32, u32),
        now: Timestamp,
    ) {
        let Some(decision) = &mut self.decision else { return };
        decision.changed += changed;
        decision.skipped += skipped;
        match next_line {
            Some(line) => decision.next_line = line,
            None => decision.completed_at = Some(now),
        }
    }

    fn change(&mut self, status: BatchStatus, moment: &Moment) -> Result<Effects, Error> {
        let event = self.enter(status)?;
        if status.is_final() {
            self.lease.end();
            self.ended_at = Some(moment.now);
        }
        let object = serde_json::to_value(BatchView::from(&*self))
            .expect("a view has string keys and no floats, so it always serialises");
        let (id, account_id) = (self.id.to_string(), self.account_id);
        let event = event.map(|kind| self.history.record(kind, account_id, id, object, moment));
        let mut effects = Effects::default();
        effects.events.extend(event);
        Ok(effects)
    }
}

impl BatchDecision {
    /// Returns true if a tick has carried the decision out for this payout and could not record that.
    pub fn was_carried_out(&self, payout: &Payout) -> bool {
        let by = self.user_id;
        match &self.verdict {
            BatchVerdict::Approve => payout
                .approvals
                .iter()
                .any(|one| one.user_id == by && one.approved_at >= self.decided_at),
            BatchVerdict::Reject(_) => payout
                .rejection
                .as_ref()
                .is_some_and(|one| one.user_id == by && one.rejected_at >= self.decided_at),
        }
    }

    /// Returns true if the decision holds for this payout: it waits for approval, and the user could see
    /// amount and owner when they decided.
    pub fn includes(&self, payout: &Payout) -> bool {
        let seen = payout.created_at <= self.decided_at
            && payout.key_owner_since.is_none_or(|since| since <= self.decided_at);
        seen && !payout.owner_is_unchecked()
    }
}

fn has_ended(status: PayoutStatus) -> bool {
    matches!(
        status,
        PayoutStatus::Paid
            | PayoutStatus::Rejected
            | PayoutStatus::Returned
            | PayoutStatus::Cancelled
    )
}

fn add(totals: &mut Vec<StatusTotal>, status: PayoutStatus, amount_cents: u64) {
    match totals.iter_mut().find(|total| total.status == status) {
        Some(total) => {
            total.payouts += 1;
            total.amount_cents = total.amount_cents.saturating_add(amount_cents);
        }
        None => totals.push(StatusTotal { status, payouts: 1, amount_cents }),
    }
}
