//! The decisions of users about a payout that waits for approval, and the check of its key's owner.
//!
//! Users approve an amount and an owner: the amount of the payout, and the owner that the directory named
//! for its Pix key before the first approval. The amount never changes. If the directory names another
//! owner when a worker is about to submit the order, the approvals are void (docs/adr/0030).
use crate::event::Lifecycle;
use crate::kernel::{Code, Due, Error, FailureCode, Moment, UserId};
use crate::ledger::{Effects, Funds};
use crate::network::KeyOwner;
use crate::payout::{
    CheckedOwner, DECISION_TIMEOUT, Payout, PayoutApproval, PayoutRejection, PayoutStatus,
    PayoutStep, Terms,
};
use brazil::PixKey;
use jiff::Timestamp;
use serde_json::{Value, json};

/// Reason of the status of a payout whose key has another owner than the approved one.
const RECIPIENT_CHANGED: &str = FailureCode::RecipientChanged.as_str();

impl Payout {
    /// Returns the Pix key of the destination. Returns `None` for a bank account.
    pub fn pix_key(&self) -> Option<&PixKey> {
        self.to.pix_key()
    }

    /// Returns true if this user approved the amount of the payout.
    pub fn is_approved_by(&self, user_id: UserId) -> bool {
        self.valid_approvals().any(|approval| approval.user_id == user_id)
    }

    /// Returns the approvals of the amount that the payout has.
    fn valid_approvals(&self) -> impl Iterator<Item = &PayoutApproval> {
        self.approvals.iter().filter(|approval| approval.amount_cents == self.amount_cents)
    }

    /// Returns true if more users must approve the payout.
    pub(super) fn lacks_approvals(&self) -> bool {
        self.valid_approvals().count() < usize::from(self.approvals_needed)
    }

    /// Returns the step of a payout that waits for approval until `expires_at`: first the owner of its Pix
    /// key is asked for, if it is not known.
    pub(super) fn approval_step(&self, expires_at: Timestamp, now: Timestamp) -> Due<PayoutStep> {
        match self.pix_key() {
            Some(_) if self.key_owner.is_none() => {
                Due { at: now, step: PayoutStep::CheckOwner { expires_at } }
            }
            _ => Due { at: expires_at, step: PayoutStep::Expire },
        }
    }

    /// Returns the time from which a worker asks the directory for the owner of the key. Returns `None` if
    /// the payout does not wait for that.
    pub fn owner_check_due(&self, now: Timestamp) -> Option<Timestamp> {
        let due = self.due.as_ref()?;
        match due.step {
            PayoutStep::CheckOwner { expires_at } if now < expires_at => Some(due.at),
            _ => None,
        }
    }

    /// Returns true if users approve the owner of the key and the directory has not named it yet.
    pub fn owner_is_unchecked(&self) -> bool {
        self.pix_key().is_some() && self.key_owner.is_none()
    }

    /// Lets a worker ask the directory again at this time.
    pub fn defer_owner_check(&mut self, until: Timestamp) {
        if let Some(due) = self.due.as_mut()
            && matches!(due.step, PayoutStep::CheckOwner { .. })
        {
            due.at = until;
        }
    }

    /// Records the answer of the directory about the key. A payout to a key without an owner, or to
    /// another person than the beneficiary, ends. Returns `None` if the payout does not wait for it.
    pub fn record_owner(
        &mut self,
        owner: Option<KeyOwner>,
        checked_at: Timestamp,
        funds: &mut Funds,
        moment: &Moment,
    ) -> Result<Option<Effects>, Error> {
        let Some(due) = self.due.as_ref() else { return Ok(None) };
        let PayoutStep::CheckOwner { expires_at } = due.step else { return Ok(None) };
        if expires_at <= moment.now {
            return Ok(None);
        }
        let Some(owner) = owner else {
            let failure = Some(FailureCode::PixKeyNotFound.into());
            return self.end(PayoutStatus::Rejected, failure, funds, moment).map(Some);
        };
        if self.beneficiary.as_ref().is_some_and(|named| named.document != owner.document) {
            let failure = Some(FailureCode::BeneficiaryMismatch.into());
            return self.end(PayoutStatus::Rejected, failure, funds, moment).map(Some);
        }
        self.key_owner = Some(Box::new(CheckedOwner { owner, checked_at }));
        self.key_owner_since = Some(moment.now);
        self.due = Some(Due { at: expires_at, step: PayoutStep::Expire });
        self.keep_waiting(moment).map(Some)
    }

    /// Records the event of a payout that still waits for approval.
    fn keep_waiting(&mut self, moment: &Moment) -> Result<Effects, Error> {
        let mut effects = Effects::default();
        let event = self.enter(PayoutStatus::AwaitingApproval)?;
        self.record(event, moment, &mut effects);
        Ok(effects)
    }

    /// Approves amount and owner. The user who created the payout cannot, nor the one who added its new
    /// destination, and each user counts once. The
    /// last approval that is needed lets the payout move on.
    pub fn approve(
        &mut self,
        by: UserId,
        terms: &Terms,
        funds: &mut Funds,
        moment: &Moment,
    ) -> Result<Effects, Error> {
        self.require_status(PayoutStatus::AwaitingApproval, "approved", moment)?;
        self.require_another(by, "approve")?;
        if self.cools_until.is_some() && self.saved.is_some_and(|saved| saved.added_by == by) {
            let detail = "you added the destination, which was new when the payout was created; another user must \
                          approve it";
            return Err(Error::forbidden(Code::SecondUserNeeded, detail));
        }
        if self.is_approved_by(by) {
            let detail = "you approved the payout already; another user must approve it too";
            return Err(Error::forbidden(Code::SecondUserNeeded, detail));
        }
        if self.owner_is_unchecked() {
            return Err(Error::conflict(
                Code::OwnerUnchecked,
                "Trilho has not asked the directory for the owner of the key yet; approve the payout \
                 once it shows `key_owner`",
            ));
        }
        let (amount_cents, approved_at) = (self.amount_cents, moment.now);
        self.approvals.push(PayoutApproval { user_id: by, amount_cents, approved_at });
        match self.lacks_approvals() {
            true => self.keep_waiting(moment),
            false => self.proceed(terms, funds, moment),
        }
    }

    /// Returns the payout as the audit trail shows an approval: what the user agreed to.
    pub fn audited_approval(&self) -> Value {
        let owner = self.key_owner.as_ref().map(|checked| &checked.owner);
        json!({
            "status": self.status,
            "amount_cents": self.amount_cents,
            "owner_document_masked": owner.map(|owner| owner.document.masked()),
            "owner_ispb": owner.map(|owner| &owner.ispb),
            "approvals": self.approvals.len(),
            "approvals_needed": self.approvals_needed,
            "destination_id": self.saved.map(|saved| saved.destination_id),
        })
    }

    /// Returns the payout as the audit trail shows a rejection.
    pub fn audited_rejection(&self) -> Value {
        json!({ "status": self.status, "amount_cents": self.amount_cents })
    }

    /// Returns the payout as the audit trail shows it before a decision.
    pub fn audited_status(&self) -> Value {
        json!({ "status": self.status })
    }

    /// Rejects the payout that waits for approval: its money is available again.
    pub fn reject(
        &mut self,
        by: UserId,
        reason: String,
        funds: &mut Funds,
        moment: &Moment,
    ) -> Result<Effects, Error> {
        self.require_status(PayoutStatus::AwaitingApproval, "rejected", moment)?;
        self.rejection =
            Some(Box::new(PayoutRejection { user_id: by, reason, rejected_at: moment.now }));
        let failure = Some(FailureCode::ApprovalRejected.into());
        self.end(PayoutStatus::Rejected, failure, funds, moment)
    }

    /// Returns true if the payout may go to this owner of its key: users approved the owner, the caller's
    /// look-up named the owner, or neither is demanded.
    pub fn may_go_to(&self, owner: &KeyOwner) -> bool {
        let named = self.key_owner.as_ref().map(|checked| &checked.owner);
        let demands_none = self.approvals_needed == 0 && !self.bound_to_owner;
        demands_none || named == Some(owner)
    }

    /// Takes the payout back from submission because its key has another owner than the approved one. All
    /// decisions about it are void, and users decide about the new owner. The caller knows that the order
    /// was never submitted.
    pub fn withdraw(
        &mut self,
        owner: CheckedOwner,
        funds: &mut Funds,
        moment: &Moment,
    ) -> Result<Effects, Error> {
        let mut effects = Effects::default();
        if self.status != PayoutStatus::Processing {
            return Ok(effects);
        }
        if let Some(submission) = self.submission.take() {
            funds.books.outgoing_usage.take_back(self.amount_cents, submission.queued_at);
        }
        self.approvals.clear();
        self.reviewed_by = None;
        self.recipient = None;
        self.key_owner = Some(Box::new(owner));
        self.key_owner_since = Some(moment.now);
        let expires_at = moment.now + DECISION_TIMEOUT;
        if let Some(hold) = &mut funds.hold {
            hold.restore_expiry(expires_at, moment)?;
        }
        self.due = Some(Due { at: expires_at, step: PayoutStep::Expire });
        let reason = Some(RECIPIENT_CHANGED);
        self.change(PayoutStatus::AwaitingApproval, reason, moment, &mut effects)?;
        Ok(effects)
    }
}
