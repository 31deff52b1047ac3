//! Goes through what is due, page by page.

use domain::Error;
use jiff::Timestamp;
use store::{DueList, Key, Page, Position, Store};

/// Keys per page: as many rows as one request reads.
const PAGE: u8 = 100;

/// The pages of a list, shard after shard and earliest first: however much is due, it is never read
/// at once.
pub(crate) struct DuePages {
    list: DueList,
    until: Timestamp,
    shard: u8,
    after: Option<Position>,
}

impl DuePages {
    /// What is due by `until`.
    pub(crate) fn new(list: DueList, until: Timestamp) -> Self {
        Self { list, until, shard: 0, after: None }
    }

    /// The next pages together: at least so many keys, if there are as many; none after the last.
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

    /// The next page, which may be empty; none after the last.
    pub(crate) async fn next(&mut self, store: &Store) -> Result<Option<Vec<Key>>, Error> {
        if self.shard >= self.list.shards() {
            return Ok(None);
        }
        let page = Page { limit: PAGE, after: self.after.take() };
        let (keys, ended) = store.list_due(self.list, self.shard, self.until, page).await?;
        if ended.is_none() {
            self.shard += 1;
        }
        self.after = ended;
        Ok(Some(keys))
    }
}
