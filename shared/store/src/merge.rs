//! Pages of a list that is spread over several partitions of the table.
//!
//! A page reads its share of each partition at the same time, and merges the rows in their order. A partition
//! that continues says nothing about rows beyond what it returned, so rows beyond the first such end are
//! left for the next page. A position is a sort key, so it is valid in every partition.

use std::cmp::Ordering;

use domain::kernel::Error;
use futures::future::try_join_all;

use crate::query::{FILTERED_ROWS, FILTERED_ROWS_MORE, Page, Position, Query};
use crate::row::Attributes;
use crate::{Store, table};

/// Rows above its exact share that the first read of a partition asks for, because the rows are not spread
/// evenly.
const SHARE_SLACK: u16 = 4;

/// A partition and what was read of it.
struct Partition {
    query: Query,
    rows: Vec<Attributes>,
    /// Where it continues.
    next: Option<Position>,
}

/// The partitions of a list while a page is read.
struct Merge(Vec<Partition>);

impl Store {
    /// Returns a page of a spread list, in one round trip. With a filter it takes at most two, and the page can
    /// be short, but it is not empty while one of the first thousands of rows passes.
    pub(crate) async fn merged(
        &self,
        query: Query,
        partitions: Vec<String>,
        page: Page,
    ) -> Result<(Vec<Attributes>, Option<Position>), Error> {
        let has_filter = !query.filter.is_empty();
        let mut merge = Merge::new(query, partitions, page.after.as_ref());
        if !has_filter {
            // All rows of the page can be in one partition, so each is read as far as the page.
            merge.read(self, page.limit).await?;
            return Ok(merge.into_page(page.limit));
        }
        merge.read(self, share(FILTERED_ROWS.max(page.limit), merge.0.len())).await?;
        if !merge.has_rows() {
            merge.read(self, FILTERED_ROWS_MORE).await?;
        }
        Ok(merge.into_page(page.limit))
    }

    /// Looks at a share of each partition, in one round trip.
    pub(crate) async fn merged_once(
        &self,
        query: Query,
        partitions: Vec<String>,
        page: Page,
    ) -> Result<(Vec<Attributes>, Option<Position>), Error> {
        let mut merge = Merge::new(query, partitions, page.after.as_ref());
        merge.read(self, share(page.limit, merge.0.len())).await?;
        Ok(merge.into_page(page.limit))
    }
}

/// Returns the rows of a partition that the first read asks for.
fn share(limit: u16, partitions: usize) -> u16 {
    let partitions = u16::try_from(partitions).unwrap_or(u16::MAX);
    (limit.div_ceil(partitions) + limit / 16 + SHARE_SLACK).min(limit)
}

impl Merge {
    fn new(query: Query, partitions: Vec<String>, after: Option<&Position>) -> Self {
        let partition = |pk: String| Partition {
            // The page begins at the same sort key in each partition.
            next: Some(Position::at(&pk, after.map_or("", Position::sort_key))),
            query: Query { pk, ..query.clone() },
            rows: Vec::new(),
        };
        Self(partitions.into_iter().map(partition).collect())
    }

    /// Reads on in each partition that continues.
    async fn read(&mut self, store: &Store, limit: u16) -> Result<(), Error> {
        let continues = self.0.iter_mut().filter(|partition| partition.next.is_some());
        try_join_all(continues.map(|partition| partition.read(store, limit))).await.map(drop)
    }

    fn newest_first(&self) -> bool {
        self.0.first().is_some_and(|partition| partition.query.newest_first)
    }

    /// Returns the first end of the partitions that continue.
    fn horizon(&self) -> Option<&str> {
        let ends = self.0.iter().filter_map(|one| one.next.as_ref()).map(Position::sort_key);
        ends.min_by(|one, other| compare(self.newest_first(), one, other))
    }

    /// Returns true if the page has a row, or if there is none.
    fn has_rows(&self) -> bool {
        let Some(horizon) = self.horizon() else { return true };
        let is_known = |row| compare(self.newest_first(), sort_key(row), horizon).is_le();
        self.0.iter().flat_map(|one| &one.rows).any(is_known)
    }

    fn into_page(self, limit: u16) -> (Vec<Attributes>, Option<Position>) {
        let newest_first = self.newest_first();
        let horizon = self.horizon().map(str::to_owned);
        let first = self.0.first().map_or(String::new(), |one| one.query.pk.clone());
        let mut rows: Vec<_> = self.0.into_iter().flat_map(|one| one.rows).collect();
        let is_known = |row: &Attributes| {
            horizon
                .as_deref()
                .is_none_or(|horizon| compare(newest_first, sort_key(row), horizon).is_le())
        };
        rows.retain(is_known);
        rows.sort_by(|one, other| compare(newest_first, sort_key(one), sort_key(other)));
        let end = if rows.len() > usize::from(limit) {
            rows.truncate(limit.into());
            rows.last().map(|row| sort_key(row).to_owned())
        } else {
            horizon
        };
        let position = end.map(|end| Position::at(&first, &end));
        (rows, position)
    }
}

impl Partition {
    async fn read(&mut self, store: &Store, limit: u16) -> Result<(), Error> {
        let after = self.next.take().filter(|next| !next.sort_key().is_empty());
        let (rows, next) = store.query(self.query.clone(), Page { limit, after }).await?;
        self.rows.extend(rows);
        self.next = next;
        Ok(())
    }
}

/// Compares two sort keys in the order of the list.
fn compare(newest_first: bool, one: &str, other: &str) -> Ordering {
    if newest_first { other.cmp(one) } else { one.cmp(other) }
}

fn sort_key(row: &Attributes) -> &str {
    row.get(table::SK).and_then(|key| key.as_s().ok()).map_or("", String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_never_more_than_the_page() {
        assert_eq!([1, 3, 25, 100].map(|limit| share(limit, 8)), [1, 3, 9, 23]);
    }
}
