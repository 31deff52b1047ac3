//! Goes through what is due, page by page.

use domain::kernel::Error;
use jiff::{SignedDuration, Timestamp};
use store::{DueList, Key, Page, Position, Store};

/// What a job has not come to within this is for the next tick, which begins elsewhere.
pub(crate) const TIME_BUDGET: SignedDuration = SignedDuration::from_secs(45);
/// Keys per page: as many rows as one request reads.
const PAGE: u16 = 100;

/// The pages of a list, shard after shard and earliest first: however much is due, it is never read
/// at once.
pub(crate) struct DuePages {
    list: DueList,
    until: Timestamp,
    /// Shards gone through.
    done: u8,
    first: u8,
    after: Option<Position>,
}

impl DuePages {
    /// What is due by `until`.
    pub(crate) fn new(list: DueList, until: Timestamp) -> Self {
        // Each minute begins with another shard: a tick that does not get to the end of a long list
        // does not leave out the same ones each time.
        let minute = until.as_second().div_euclid(60);
        let first = u8::try_from(minute.rem_euclid(i64::from(list.shards()))).unwrap_or(0);
        Self { list, until, done: 0, first, after: None }
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
