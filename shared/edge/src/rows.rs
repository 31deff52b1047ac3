//! Rows that are read in one round trip and found by their keys, so that no code depends on their
//! order.

use std::collections::HashMap;

use domain::kernel::Error;
use store::{Item, Key, Row, Store};

/// The rows of one read.
pub struct Rows(HashMap<Key, Row>);

impl Rows {
    /// Reads the rows of these keys in one round trip. Rows that do not exist are absent.
    pub async fn load(store: &Store, keys: Vec<Key>) -> Result<Self, Error> {
        let rows = store.read(&keys).await?;
        let rows = keys.into_iter().zip(rows).filter_map(|(key, row)| Some((key, row?)));
        Ok(Self(rows.collect()))
    }

    /// Returns the row of this key, not yet read as a type. Returns `None` if it does not exist.
    pub fn row(&self, key: &Key) -> Option<Row> {
        self.0.get(key).cloned()
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
