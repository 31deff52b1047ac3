//! The check of a Pix key that a beneficiary sent. Only a worker asks the directory, one at a time for a link.

use crate::beneficiary::SavedBeneficiary;
use crate::collection::{CancelReason, Collection, CollectionStatus, CollectionStep};
use crate::event::Event;
use crate::kernel::{Due, Error, Moment};
use jiff::{SignedDuration, Timestamp};

/// Checks of a link that the directory answers. Each can cost twenty look-ups.
pub const CHECKS_MAX: u8 = 5;
/// How long a worker has a check for itself; the directory has five seconds.
const CLAIM_LASTS: SignedDuration = SignedDuration::from_secs(90);
/// Time after the end of a link in which a key that was sent is still checked.
const LATE_CHECK_MAX: SignedDuration = SignedDuration::from_hours(24);
/// Longest wait between checks that the directory does not answer, in minutes.
const WAIT_MINUTES_MAX: i64 = 60;

/// What a worker may do with a collection that is due.
#[derive(Debug, Clone, PartialEq)]
pub enum CheckClaim {
    /// Ask the directory; no other worker does.
    Claimed,
    /// Nothing is due.
    NotDue,
    /// The time is over, and the data are erased.
    Expired(Box<Event>),
}

impl Collection {
    /// Claims the check, or ends a collection whose time is over.
    ///
    /// # Errors
    /// `Internal` if the table of statuses does not have the change.
    pub fn claim(&mut self, moment: &Moment) -> Result<CheckClaim, Error> {
        let now = moment.now;
        let Some(due) = self.due.as_ref().filter(|due| due.is_due(now)) else {
            return Ok(CheckClaim::NotDue);
        };
        let is_late = now >= self.expires_at + LATE_CHECK_MAX;
        if due.step == CollectionStep::Expire || is_late {
            return self
                .end(CollectionStatus::Expired, moment)
                .map(|event| CheckClaim::Expired(Box::new(event)));
        }
        if self.status == CollectionStatus::Submitted {
            self.enter_and_record(CollectionStatus::Checking, moment)?;
        }
        self.unanswered = self.unanswered.saturating_add(1);
        // A claim whose worker died reserved look-ups, so each one in a row lasts longer.
        let claimed_until = now + CLAIM_LASTS.max(self.wait());
        self.due = Some(Due { at: claimed_until, step: CollectionStep::Check });
        Ok(CheckClaim::Claimed)
    }

    /// Records that the key belongs to the document; `beneficiary` is saved in the same transaction.
    ///
    /// # Errors
    /// `Internal` if no worker has the check.
    pub fn verify(
        &mut self,
        beneficiary: &SavedBeneficiary,
        moment: &Moment,
    ) -> Result<Event, Error> {
        self.checks = self.checks.saturating_add(1);
        self.beneficiary_id = Some(beneficiary.id);
        self.end(CollectionStatus::Verified, moment)
    }

    /// Records that the key does not belong to the document, or has no owner. The last check of a link cancels it,
    /// and after its time the link expires, because no beneficiary can correct the key any more.
    ///
    /// # Errors
    /// `Internal` if no worker has the check.
    pub fn refuse_key(&mut self, sealed: String, moment: &Moment) -> Result<Event, Error> {
        self.checks = self.checks.saturating_add(1);
        if self.checks >= CHECKS_MAX {
            return self.end_by(CancelReason::Checks, moment);
        }
        if moment.now >= self.expires_at {
            return self.end(CollectionStatus::Expired, moment);
        }
        self.sealed = Some(sealed);
        self.unanswered = 0;
        self.due = Some(Due { at: self.expires_at, step: CollectionStep::Expire });
        let event = self.enter_and_record(CollectionStatus::NeedsCorrection, moment)?;
        event.ok_or_else(|| Error::internal("a correction has an event"))
    }

    /// Gives the check back, because the directory did not answer or the budget is spent until `at`.
    ///
    /// # Errors
    /// `Internal` if no worker has the check.
    pub fn defer_check(&mut self, at: Option<Timestamp>, moment: &Moment) -> Result<(), Error> {
        let later = moment.now + self.wait();
        let at = at.map_or(later, |at| at.max(later));
        self.enter_and_record(CollectionStatus::Submitted, moment)?;
        self.due = Some(Due { at, step: CollectionStep::Check });
        Ok(())
    }

    /// Ends a link whose account was closed before its key was checked.
    ///
    /// # Errors
    /// `Internal` if the table of statuses does not have the change.
    pub fn end_with_account(&mut self, moment: &Moment) -> Result<Event, Error> {
        self.end_by(CancelReason::AccountClosed, moment)
    }

    /// Returns the time to wait after so many checks in a row without an answer: one minute, doubled each time.
    fn wait(&self) -> SignedDuration {
        let doublings = u32::from(self.unanswered.saturating_sub(1)).min(6);
        SignedDuration::from_mins((1_i64 << doublings).min(WAIT_MINUTES_MAX))
    }
}
