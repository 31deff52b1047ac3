//! Names of the partitions of saved beneficiaries.

use domain::kernel::AccountId;

const BENEFICIARIES: &str = "BENEFICIARY#";

pub(crate) fn beneficiaries(account: &AccountId) -> String {
    format!("{BENEFICIARIES}{account}")
}

pub(crate) fn beneficiaries_in(account: &AccountId, status: &str) -> String {
    format!("{BENEFICIARIES}{account}#{status}")
}

/// The beneficiaries with a document, by its keyed hash.
pub(crate) fn beneficiaries_with(account: &AccountId, digest: &str) -> String {
    format!("{BENEFICIARIES}{account}#DOCUMENT#{digest}")
}
