//! Names of the partitions of statement exports and their schedules.

use domain::kernel::AccountId;

pub(crate) const EXPORTS: &str = "EXPORT#";
pub(crate) const SCHEDULES: &str = "SCHEDULE#";

pub(crate) fn exports(account: &AccountId) -> String {
    format!("{EXPORTS}{account}")
}

pub(crate) fn schedules(account: &AccountId) -> String {
    format!("{SCHEDULES}{account}")
}
