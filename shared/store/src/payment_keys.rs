//! Names of the partitions of payments, receivables, credits and refunds.

use domain::kernel::AccountId;

pub(crate) const REFUNDS: &str = "REFUND#";
const PAYMENTS: &str = "PAYMENT#";
pub(crate) const CREDITS: &str = "CREDIT#";

pub(crate) fn refunds(account: &AccountId) -> String {
    format!("{REFUNDS}{account}")
}

pub(crate) fn refunds_in(account: &AccountId, status: &str) -> String {
    format!("{REFUNDS}{account}#{status}")
}

pub(crate) fn payments(account: &AccountId) -> String {
    format!("{PAYMENTS}{account}")
}

pub(crate) fn credits(account: &AccountId) -> String {
    format!("{CREDITS}{account}")
}

pub(crate) fn credits_in(account: &AccountId, status: &str) -> String {
    format!("{CREDITS}{account}#{status}")
}

pub(crate) fn receivables(account: &AccountId) -> String {
    format!("RECEIVABLE#{account}")
}
