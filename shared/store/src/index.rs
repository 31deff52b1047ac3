//! Attributes that put a row into the indexes.

use std::fmt::Display;

use domain::kernel::Id;
use jiff::Timestamp;

use crate::due::DueList;
use crate::key;
use crate::table;

/// Returns the attributes of a row that is listed by status and that can be due.
pub(crate) fn status_and_due(
    status: String,
    list: DueList,
    id: impl Id + Display,
    due_at: Option<Timestamp>,
) -> Vec<(&'static str, String)> {
    let by_status = [(table::STATUS_KEYS.0, status), (table::STATUS_KEYS.1, id.to_string())];
    let due = due_index(list, u128::from(id.ulid()), due_at, &id);
    by_status.into_iter().chain(due).collect()
}

pub(crate) fn due_index(
    list: DueList,
    shard: u128,
    due_at: Option<Timestamp>,
    id: &impl Display,
) -> Vec<(&'static str, String)> {
    let Some(at) = due_at else { return Vec::new() };
    vec![
        (table::DUE_KEYS.0, list.partition(list.shard(shard))),
        (table::DUE_KEYS.1, format!("{}#{id}", key::due_at(at))),
    ]
}
