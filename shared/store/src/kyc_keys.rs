//! Names of the partitions of KYC requests.

use domain::kernel::AccountId;

pub(crate) const KYC: &str = "KYC#";

pub(crate) fn kyc_requests(account: &AccountId) -> String {
    format!("{KYC}{account}")
}

pub(crate) fn kyc_requests_in(account: &AccountId, status: &str) -> String {
    format!("{KYC}{account}#{status}")
}
