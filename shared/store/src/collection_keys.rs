//! Names of the partitions of collections.

use domain::kernel::AccountId;

pub(crate) const COLLECTIONS: &str = "COLLECTION#";

pub(crate) fn collections(account: &AccountId) -> String {
    format!("{COLLECTIONS}{account}")
}

pub(crate) fn collections_in(account: &AccountId, status: &str) -> String {
    format!("{COLLECTIONS}{account}#{status}")
}
