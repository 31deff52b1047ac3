//! Steps on statement schedules.

use domain::kernel::{AccountId, Code, Error};
use domain::statement::SCHEDULES_MAX;

use super::Writes;
use crate::Key;

impl Writes {
    /// One more schedule of statements, unless the account has as many as it may have.
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

    /// One schedule less.
    #[must_use]
    pub fn remove_schedule(self, account_id: AccountId) -> Self {
        self.count(&Key::ScheduleCount(account_id), "ADD schedules :by", -1, None)
    }
}
