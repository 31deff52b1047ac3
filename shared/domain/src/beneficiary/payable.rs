//! What a payout copies from a saved beneficiary, and when there is nothing to copy.

use crate::beneficiary::{BeneficiaryStatus, SavedBeneficiary, SavedDestination};
use crate::kernel::{Code, DestinationId, Error};
use crate::payout::{Beneficiary, DestinationRef};

/// Why a saved beneficiary receives no payout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotPayable {
    /// It is archived.
    Archived,
    /// It has no such destination.
    NoDestination,
    /// It has this number of destinations, and the payout names none.
    NoChoice(usize),
}

impl NotPayable {
    /// Returns the explanation for people.
    pub fn detail(self) -> String {
        match self {
            Self::Archived => {
                "the beneficiary is archived; reinstate it first, or name another one".to_owned()
            }
            Self::NoDestination => {
                "the beneficiary has no such destination; see GET /v1/beneficiaries/{id}".to_owned()
            }
            Self::NoChoice(count) => format!(
                "the beneficiary has {count} destinations; send destination_id, so that the payout goes \
                 to the one you mean"
            ),
        }
    }
}

impl SavedBeneficiary {
    /// Returns the destination that a payout goes to: the one that it names, or the only one.
    ///
    /// # Errors
    /// Why the beneficiary receives no payout.
    pub fn payable(&self, id: Option<DestinationId>) -> Result<&SavedDestination, NotPayable> {
        if self.status == BeneficiaryStatus::Archived {
            return Err(NotPayable::Archived);
        }
        match (id, self.destinations.as_slice()) {
            (Some(id), _) => self.destination(id).ok_or(NotPayable::NoDestination),
            (None, [only]) => Ok(only),
            (None, several) => Err(NotPayable::NoChoice(several.len())),
        }
    }

    /// Requires that a payout which named this destination some time ago may still be opened.
    ///
    /// # Errors
    /// `beneficiary_state` if the beneficiary is archived or does not have the destination any more.
    pub fn require_payable(&self, saved: &DestinationRef) -> Result<(), Error> {
        let flaw = |flaw: NotPayable| Error::conflict(Code::BeneficiaryState, flaw.detail());
        self.payable(Some(saved.destination_id)).map(drop).map_err(flaw)
    }

    /// Returns name and document as a payout copies them.
    pub fn as_beneficiary(&self) -> Beneficiary {
        Beneficiary { name: self.name.clone(), document: self.document.clone() }
    }

    /// Returns the reference to a destination, as a payout keeps it.
    pub fn reference_to(&self, destination: &SavedDestination) -> DestinationRef {
        DestinationRef {
            beneficiary_id: self.id,
            destination_id: destination.id,
            added_at: self
                .reinstated_at
                .map_or(destination.added_at, |at| at.max(destination.added_at)),
            added_by: destination.added_by,
            check_id: None,
        }
    }
}
