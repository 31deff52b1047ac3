//! Rows of statement exports and their schedules.

use domain::kernel::Id;
use domain::statement::{StatementExport, StatementSchedule};

use crate::due::DueList;
use crate::index::due_index;
use crate::item::items;
use crate::key::Key;

items! {
    StatementExport {
        "statement_export", |it| Key::Export(it.account_id, it.id),
        index: due_index(DueList::Exports, u128::from(it.id.ulid()), it.lease.until, &it.id),
        version: it.version
    }
    StatementSchedule {
        "statement_schedule", |it| Key::Schedule(it.account_id, it.id),
        index: due_index(DueList::Schedules, u128::from(it.id.ulid()), it.due_at, &it.id),
        version: it.version
    }
}
