//! Rows of saved beneficiaries, and what finds them.

use domain::beneficiary::SavedBeneficiary;
use domain::kernel::{AccountId, BeneficiaryId};
use serde::{Deserialize, Serialize};

use crate::item::items;
use crate::key::{self, Key};
use crate::table;

/// A beneficiary with a document. The document of a beneficiary never changes, so neither does this row.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct BeneficiaryDocument {
    /// Account of the beneficiary.
    pub account_id: AccountId,
    /// Keyed hash of the document.
    pub digest: String,
    /// Beneficiary with the document.
    pub beneficiary_id: BeneficiaryId,
}

/// The beneficiary that owns a caller's reference.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct BeneficiaryReference {
    /// Account of the caller.
    pub account_id: AccountId,
    /// Caller's own id.
    pub reference: String,
    /// Owner of the reference.
    pub beneficiary_id: BeneficiaryId,
}

items! {
    SavedBeneficiary {
        "beneficiary", |it| Key::Beneficiary(it.account_id, it.id),
        index: status_index(it),
        version: it.version
    }
    BeneficiaryDocument {
        "beneficiary_document",
        |it| Key::BeneficiaryDocument(it.account_id, it.digest.clone(), it.beneficiary_id)
    }
    BeneficiaryReference {
        "beneficiary_reference",
        |it| Key::BeneficiaryReference(it.account_id, it.reference.clone())
    }
}

fn status_index(beneficiary: &SavedBeneficiary) -> Vec<(&'static str, String)> {
    let status = key::beneficiaries_in(&beneficiary.account_id, beneficiary.status.as_str());
    vec![(table::STATUS_KEYS.0, status), (table::STATUS_KEYS.1, beneficiary.id.to_string())]
}
