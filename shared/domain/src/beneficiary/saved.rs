//! A saved beneficiary as it is stored.

use crate::beneficiary::{BeneficiaryStatus, DestinationCheck, VerifiedBy};
use crate::event::History;
use crate::kernel::{AccountId, BeneficiaryId, DestinationId, UserId};
use crate::payout::PayoutDestination;
use brazil::Document;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The most destinations of a beneficiary, so that its row stays small.
pub const DESTINATIONS_MAX: usize = 10;

/// A request to save a beneficiary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSavedBeneficiary {
    /// Name of the beneficiary.
    pub name: String,
    /// CPF or CNPJ of the beneficiary.
    pub document: Document,
    /// Destinations, at least one and no two equal ones.
    pub destinations: Vec<PayoutDestination>,
    /// Caller's own id of the beneficiary.
    pub reference: Option<String>,
    /// Notes of the caller.
    pub metadata: BTreeMap<String, String>,
}

/// A Pix key or bank account at which a beneficiary receives payouts. It never changes: another key or
/// account is another destination.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedDestination {
    /// Id of the destination.
    pub id: DestinationId,
    /// Pix key or bank account.
    pub to: PayoutDestination,
    /// Time at which it was added.
    pub added_at: Timestamp,
    /// User who added it.
    pub added_by: UserId,
    /// Time at which Trilho last found that another person owns the key or account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner_mismatch_at: Option<Timestamp>,
    /// How it was verified; none if it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified_by: Option<VerifiedBy>,
    /// Time at which it was verified; none if it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified_at: Option<Timestamp>,
    /// Last check of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_check: Option<DestinationCheck>,
}

/// A saved beneficiary: a person or company with a document, and the destinations at which it is paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedBeneficiary {
    /// Id of the beneficiary.
    pub id: BeneficiaryId,
    /// Account that saved the beneficiary.
    pub account_id: AccountId,
    /// Status of the beneficiary.
    pub status: BeneficiaryStatus,
    /// Name of the beneficiary.
    pub name: String,
    /// CPF or CNPJ of the beneficiary. It never changes, because another document is another person.
    pub document: Document,
    /// Destinations, oldest first; at least one.
    pub destinations: Vec<SavedDestination>,
    /// Caller's own id of the beneficiary.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Notes of the caller.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub metadata: BTreeMap<String, String>,
    /// Time at which it was saved.
    pub created_at: Timestamp,
    /// User who saved it.
    pub created_by: UserId,
    /// Time at which it was archived; none while it is active.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub archived_at: Option<Timestamp>,
    /// Time of the last reinstatement. From then on its destinations are new again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reinstated_at: Option<Timestamp>,
    /// Number and id of the last event.
    pub history: History,
    /// Version of the row.
    pub version: u64,
}

impl SavedBeneficiary {
    /// Returns the destination with this id. Returns `None` if the beneficiary has no such destination.
    pub fn destination(&self, id: DestinationId) -> Option<&SavedDestination> {
        self.destinations.iter().find(|destination| destination.id == id)
    }
}
