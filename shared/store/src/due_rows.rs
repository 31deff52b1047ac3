//! Reads the rows of a due list.

use domain::kernel::Error;
use jiff::Timestamp;

use crate::due::DueList;
use crate::key::{self, Key};
use crate::query::{Page, Position, Query};
use crate::{Store, table};

/// A row of a due list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueRow {
    /// Time since which it is due.
    pub due_at: Timestamp,
    /// Key of the row.
    pub key: Key,
}

impl Store {
    /// Returns the rows of one shard that are due by `until`, earliest first. The index lags
    /// behind the table, so a listed row may be done already.
    pub async fn list_due(
        &self,
        list: DueList,
        shard: u8,
        until: Timestamp,
        page: Page,
    ) -> Result<(Vec<DueRow>, Option<Position>), Error> {
        let query = Query {
            table: list.table(),
            index: Some(table::BY_DUE),
            names: table::DUE_KEYS,
            pk: list.partition(shard),
            // A key is never empty, so the lower bound is the smallest digit.
            between: ("0".to_owned(), format!("{}~", key::due_at(until))),
            newest_first: false,
            filter: Vec::new(),
        };
        let (rows, ended) = self.query(query, page).await?;
        let due = rows.iter().map(|row| {
            let due_at = row.get(table::DUE_KEYS.1).and_then(|value| value.as_s().ok());
            let due_at = due_at.and_then(|text| key::parse_due_at(text));
            let due_at =
                due_at.ok_or_else(|| Error::internal("a row of the due index has no time"))?;
            Ok(DueRow { due_at, key: list.key(row)? })
        });
        let due = due.collect::<Result<_, Error>>()?;
        Ok((due, ended))
    }
}
