//! Steps on the search index.

use domain::kernel::Error;

use super::{OnConditionFailed, Writes};
use crate::items::SearchRow;

impl Writes {
    /// Writes rows of the search index. A row that exists already says the same.
    #[must_use]
    pub fn index(self, rows: impl IntoIterator<Item = SearchRow>) -> Self {
        let stale = || OnConditionFailed::Fail(Error::Stale);
        rows.into_iter().fold(self, |writes, row| writes.put(&row, 1, None, Vec::new(), stale()))
    }
}
