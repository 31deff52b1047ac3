//! Rows that are read in one round trip and found by their keys, so that no code depends on their
//! order.

use std::collections::HashMap;

use domain::kernel::Error;
use futures::future::try_join_all;
use store::{Item, Key, Listing, Page, Position, Row, Store};

/// Maximum number of keys of one request to the table. More keys are several requests at the same time.
const KEYS_PER_READ: usize = 100;

/// The rows of one round trip: those of some keys, and those of some lists.
pub struct Rows {
    by_key: HashMap<Key, Row>,
    lists: Vec<ListedRows>,
}

/// The first rows of a list.
pub struct ListedRows {
    /// Rows, in the order of the list.
    pub rows: Vec<Row>,
    /// Sort key of the last row that was looked at, if the list continues.
    pub continues_after: Option<String>,
}

impl From<(Vec<Row>, Option<Position>)> for ListedRows {
    fn from((rows, ended): (Vec<Row>, Option<Position>)) -> Self {
        let continues_after = ended.map(|position| position.sort_key().to_owned());
        Self { rows, continues_after }
    }
}

impl Rows {
    /// Reads the rows of these keys in one round trip. Rows that do not exist are absent.
    pub async fn load(store: &Store, keys: Vec<Key>) -> Result<Self, Error> {
        Self::load_with_lists(store, keys, Vec::new()).await
    }

    /// Reads the rows of these keys, and at the same time looks at the first rows of these lists. The caller
    /// may not be authorized yet, so the size of each read is known before.
    pub async fn load_with_lists(
        store: &Store,
        keys: Vec<Key>,
        lists: Vec<(Listing, u16)>,
    ) -> Result<Self, Error> {
        let lists = lists.into_iter().map(async |(listing, limit)| {
            let page = Page { limit, after: None };
            store.list_rows_once(&listing, page).await.map(ListedRows::from)
        });
        let reads = try_join_all(keys.chunks(KEYS_PER_READ).map(|keys| store.read(keys)));
        let (rows, lists) = tokio::try_join!(reads, try_join_all(lists))?;
        let rows = rows.into_iter().flatten();
        let rows = keys.into_iter().zip(rows).filter_map(|(key, row)| Some((key, row?)));
        Ok(Self { by_key: rows.collect(), lists })
    }

    /// Reads pages of these lists at the same time.
    pub async fn of_lists(store: &Store, lists: Vec<(Listing, u16)>) -> Result<Self, Error> {
        let lists = lists.into_iter().map(async |(listing, limit)| {
            let page = Page { limit, after: None };
            store.list_rows(&listing, page).await.map(ListedRows::from)
        });
        Ok(Self { by_key: HashMap::new(), lists: try_join_all(lists).await? })
    }

    /// Returns the lists, in the order in which they were asked for.
    pub fn lists(&self) -> &[ListedRows] {
        &self.lists
    }

    /// Returns the row of this key, not yet read as a type. Returns `None` if it does not exist.
    pub fn row(&self, key: &Key) -> Option<Row> {
        self.by_key.get(key).cloned()
    }

    /// Reads the row of this key. Returns `None` if it does not exist.
    pub fn find<I: Item>(&self, key: &Key) -> Result<Option<I>, Error> {
        self.row(key).map(Row::read).transpose()
    }

    /// Reads the row of this key. If it does not exist, the error says that there is no such `noun`.
    pub fn require<I: Item>(&self, key: &Key, noun: &'static str) -> Result<I, Error> {
        self.find(key)?.ok_or(Error::NotFound(noun))
    }
}
