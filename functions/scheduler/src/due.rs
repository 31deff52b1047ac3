//! Reads due rows, page by page.

use domain::kernel::Error;
use jiff::{SignedDuration, Timestamp};
use store::{DueList, Key, Page, Position, Store};

/// Time after which a job stops. The next tick begins at another shard and does the rest.
pub(crate) const TIME_BUDGET: SignedDuration = SignedDuration::from_secs(45);
/// Keys per page, because one request reads at most 100 rows.
const PAGE: u16 = 100;

/// The pages of a due list, shard after shard and earliest first. A long list is never read at
/// once.
pub(crate) struct DuePages {
    list: DueList,
    until: Timestamp,
    /// Number of finished shards.
    done: u8,
    first: u8,
    after: Option<Position>,
}

impl DuePages {
    /// Returns the rows that are due by `until`.
    pub(crate) fn new(list: DueList, until: Timestamp) -> Self {
        // Each minute begins at another shard, so that a tick that stops early does not skip the
        // same shards each time.
        let minute = until.as_second().div_euclid(60);
        let first = u8::try_from(minute.rem_euclid(i64::from(list.shards()))).unwrap_or(0);
        Self { list, until, done: 0, first, after: None }
    }

    /// Returns pages with at least `keys_min` keys in total, if the list has them; `None` after
    /// the last page.
    pub(crate) async fn next_many(
        &mut self,
        store: &Store,
        keys_min: usize,
    ) -> Result<Option<Vec<Key>>, Error> {
        let Some(mut keys) = self.next(store).await? else { return Ok(None) };
        while keys.len() < keys_min {
            let Some(more) = self.next(store).await? else { break };
            keys.extend(more);
        }
        Ok(Some(keys))
    }

    /// Returns the next page, which can be empty; `None` after the last page.
    pub(crate) async fn next(&mut self, store: &Store) -> Result<Option<Vec<Key>>, Error> {
        if self.done >= self.list.shards() {
            return Ok(None);
        }
        let shard = (self.first + self.done) % self.list.shards();
        let page = Page { limit: PAGE, after: self.after.take() };
        let (keys, ended) = store.list_due(self.list, shard, self.until, page).await?;
        if ended.is_none() {
            self.done += 1;
        }
        self.after = ended;
        Ok(Some(keys))
    }
}
