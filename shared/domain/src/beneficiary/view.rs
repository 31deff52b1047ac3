//! A saved beneficiary as the API and its events show it.

use crate::beneficiary::{
    BeneficiaryStatus, DestinationCheck, SavedBeneficiary, SavedDestination, VerifiedBy,
};
use crate::kernel::{BeneficiaryId, DestinationId, DocumentView, UserId};
use crate::payout::DestinationView;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// A saved beneficiary.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "SavedBeneficiary")]
pub struct SavedBeneficiaryView {
    /// Id of the beneficiary.
    pub id: BeneficiaryId,
    /// Status of the beneficiary.
    pub status: BeneficiaryStatus,
    /// Name of the beneficiary.
    pub name: String,
    /// CPF or CNPJ of the beneficiary; lists and events mask the CPF of a person.
    pub document: DocumentView,
    /// Destinations, oldest first. Lists and events mask keys of people and account numbers.
    pub destinations: Vec<SavedDestinationView>,
    /// Caller's own id of the beneficiary.
    pub reference: Option<String>,
    /// Notes of the caller.
    pub metadata: BTreeMap<String, String>,
    /// Time at which the beneficiary was saved.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub created_at: Timestamp,
    /// User who saved the beneficiary.
    pub created_by: UserId,
    /// Time at which the beneficiary was archived; null while it is active.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub archived_at: Option<Timestamp>,
}

/// A Pix key or bank account at which a beneficiary receives payouts.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "SavedDestination")]
pub struct SavedDestinationView {
    /// Id of the destination.
    pub id: DestinationId,
    /// Pix key or bank account.
    pub to: DestinationView,
    /// Time at which the destination was added.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub added_at: Timestamp,
    /// User who added the destination.
    pub added_by: UserId,
    /// Time at which Trilho last found, before or while it paid, that another person owns the key or
    /// account; null if it never did.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub owner_mismatch_at: Option<Timestamp>,
    /// How the destination was verified; null if no check matched, or if another person was found since.
    pub verified_by: Option<VerifiedBy>,
    /// Time at which the destination was verified; null like `verified_by`.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub verified_at: Option<Timestamp>,
    /// Last check of the destination; null if there was none.
    pub last_check: Option<DestinationCheck>,
}

impl SavedBeneficiaryView {
    /// Returns the view for lists, events and the audit trail, which masks the document, the keys and the
    /// account numbers of a person.
    pub fn masked(beneficiary: &SavedBeneficiary) -> Self {
        let mut view = Self::from(beneficiary);
        view.document.number = beneficiary.document.masked();
        for (view, destination) in view.destinations.iter_mut().zip(&beneficiary.destinations) {
            view.to = DestinationView::masked(&destination.to);
        }
        view
    }
}

impl From<&SavedBeneficiary> for SavedBeneficiaryView {
    fn from(beneficiary: &SavedBeneficiary) -> Self {
        let document = &beneficiary.document;
        Self {
            id: beneficiary.id,
            status: beneficiary.status,
            name: beneficiary.name.clone(),
            document: DocumentView { kind: document.kind(), number: document.number().to_owned() },
            destinations: beneficiary.destinations.iter().map(SavedDestinationView::from).collect(),
            reference: beneficiary.reference.clone(),
            metadata: beneficiary.metadata.clone(),
            created_at: beneficiary.created_at,
            created_by: beneficiary.created_by,
            archived_at: beneficiary.archived_at,
        }
    }
}

impl From<&SavedDestination> for SavedDestinationView {
    fn from(destination: &SavedDestination) -> Self {
        Self {
            id: destination.id,
            to: DestinationView::from(&destination.to),
            added_at: destination.added_at,
            added_by: destination.added_by,
            owner_mismatch_at: destination.owner_mismatch_at,
            verified_by: destination.verified_by,
            verified_at: destination.verified_at,
            last_check: destination.last_check,
        }
    }
}
