//! Steps on statement schedules.

use domain::kernel::{AccountId, Code, Error};
use domain::statement::SCHEDULES_MAX;

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
}
