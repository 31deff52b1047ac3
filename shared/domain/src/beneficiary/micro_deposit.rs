//! Checks of saved bank accounts by a payment of one cent, and what any payout tells about a saved destination.
//!
//! No directory knows the owner of a bank account. The bank of the account compares the document of each
//! payment with that of the owner, and rejects a payment to another person.

use crate::beneficiary::{
    CheckStatus, DestinationCheck, SavedBeneficiary, SavedDestination, VerifiedBy,
};
use crate::event::Event;
use crate::kernel::{CheckId, DestinationId, Error, FailureCode, Moment, PayoutId, UserId};
use crate::payout::{DestinationRef, NewPayout, Payout, PayoutStatus};
use std::collections::BTreeMap;

/// Amount of the payment that checks a bank account, in cents.
pub const MICRO_DEPOSIT_CENTS: u64 = 1;

impl SavedDestination {
    /// Returns the check that has no result yet.
    pub fn pending_check(&self) -> Option<&DestinationCheck> {
        self.last_check.as_ref().filter(|check| check.is_pending())
    }
}

impl SavedBeneficiary {
    /// Returns the payout of one cent that checks a destination.
    pub fn micro_deposit(&self, destination: &SavedDestination, check_id: CheckId) -> NewPayout {
        let saved = DestinationRef { check_id: Some(check_id), ..self.reference_to(destination) };
        NewPayout {
            amount_cents: MICRO_DEPOSIT_CENTS,
            to: destination.to.clone(),
            beneficiary: Some(self.as_beneficiary()),
            description: None,
            reference: None,
            metadata: BTreeMap::new(),
            scheduled_for: None,
            wait_for_funds: false,
            batch_id: None,
            known_owner: None,
            saved: Some(saved),
        }
    }

    /// Records a check that waits for its payout. It ends a verification by an earlier cent, because the return of
    /// that cent changes nothing from then on.
    ///
    /// # Errors
    /// `not_found` if the beneficiary has no such destination.
    pub fn await_micro_deposit(
        &mut self,
        id: DestinationId,
        (check_id, payout_id): (CheckId, PayoutId),
        by: UserId,
        moment: &Moment,
    ) -> Result<(DestinationCheck, Event), Error> {
        let check = DestinationCheck {
            id: check_id,
            status: CheckStatus::Pending,
            payout_id: Some(payout_id),
            checked_at: moment.now,
            checked_by: by,
        };
        Ok((check, self.keep_check(id, check, VerifiedBy::MicroDeposit, moment)?))
    }

    /// Records what a payout tells about its destination: the result of a check, or another owner. Returns
    /// `None` if it tells nothing new, or the beneficiary is archived or does not have the destination any more.
    pub fn record_payout(
        &mut self,
        payout: &Payout,
        moment: &Moment,
    ) -> Result<Option<Event>, Error> {
        let Some(saved) = payout.saved else { return Ok(None) };
        // An archived beneficiary does not change, and receives no new payout.
        let Ok(()) = self.require_active() else { return Ok(None) };
        let id = saved.destination_id;
        let destination = self.destinations.iter_mut().find(|destination| destination.id == id);
        let Some(destination) = destination else { return Ok(None) };
        if let Some(check_id) = saved.check_id {
            let check = destination.last_check.filter(|check| check.id == check_id);
            let (Some(check), Some(status)) = (check, micro_deposit_result(payout)) else {
                return Ok(None);
            };
            let check = DestinationCheck { status, checked_at: moment.now, ..check };
            return self.keep_check(id, check, VerifiedBy::MicroDeposit, moment).map(Some);
        }
        if !went_to_another_owner(payout) {
            return Ok(None);
        }
        destination.owner_mismatch_at = Some(moment.now);
        (destination.verified_by, destination.verified_at) = (None, None);
        self.record_change(moment).map(Some)
    }
}

/// Returns true if the payout ended in a way that its saved destination records.
pub fn tells_about_destination(payout: &Payout) -> bool {
    micro_deposit_result(payout).is_some()
        || (payout.saved.is_some() && went_to_another_owner(payout))
}

/// Returns true if the network or the directory named another owner than the beneficiary.
fn went_to_another_owner(payout: &Payout) -> bool {
    let failure = payout.failure.as_ref();
    failure.is_some_and(|failure| failure.code == FailureCode::BeneficiaryMismatch)
}

/// Returns the result of the check that the payout makes. Returns `None` if it makes none, or has not ended.
fn micro_deposit_result(payout: &Payout) -> Option<CheckStatus> {
    payout.saved?.check_id?;
    match payout.status {
        PayoutStatus::AwaitingFunds
        | PayoutStatus::AwaitingApproval
        | PayoutStatus::InReview
        | PayoutStatus::Scheduled
        | PayoutStatus::Processing => None,
        PayoutStatus::Paid => Some(CheckStatus::Matched),
        PayoutStatus::Rejected | PayoutStatus::Cancelled | PayoutStatus::Returned
            if went_to_another_owner(payout) =>
        {
            Some(CheckStatus::Mismatch)
        }
        PayoutStatus::Rejected | PayoutStatus::Cancelled | PayoutStatus::Returned => {
            Some(CheckStatus::Impossible)
        }
    }
}
