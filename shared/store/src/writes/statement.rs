//! Steps on statement exports and schedules.

use domain::kernel::{AccountId, Code, Error};
use domain::statement::{SCHEDULES_MAX, UNFINISHED_EXPORTS_MAX};

use super::Writes;
use crate::Key;

impl Writes {
    /// Adds a statement schedule to the count. Fails if the account has the maximum.
    #[must_use]
    pub fn add_schedule(self, account_id: AccountId) -> Self {
        let limit_reached = Error::conflict(
            Code::StatementScheduleLimit,
            format!(
                "the account has {SCHEDULES_MAX} statement schedules, which is the limit; delete one first"
            ),
        );
        let below_limit =
            ("attribute_not_exists(schedules) OR schedules < :limit", SCHEDULES_MAX, limit_reached);
        self.count(&Key::ScheduleCount(account_id), "ADD schedules :by", 1, Some(below_limit))
    }

    /// Removes a statement schedule from the count.
    #[must_use]
    pub fn remove_schedule(self, account_id: AccountId) -> Self {
        self.count(&Key::ScheduleCount(account_id), "ADD schedules :by", -1, None)
    }

    /// Adds a statement export to the count of those that are not finished. Fails if the account has
    /// the maximum.
    #[must_use]
    pub fn add_export(self, account_id: AccountId) -> Self {
        let limit_reached = Error::conflict(
            Code::StatementExportLimit,
            format!(
                "the account has {UNFINISHED_EXPORTS_MAX} statement exports that are not finished, \
                 which is the limit; ask again when one is ready"
            ),
        );
        let below_limit = (
            "attribute_not_exists(exports) OR exports < :limit",
            UNFINISHED_EXPORTS_MAX,
            limit_reached,
        );
        self.count(&Key::ExportCount(account_id), "ADD exports :by", 1, Some(below_limit))
    }

    /// Removes a statement export from the count.
    #[must_use]
    pub fn remove_export(self, account_id: AccountId) -> Self {
        self.count(&Key::ExportCount(account_id), "ADD exports :by", -1, None)
    }
}
