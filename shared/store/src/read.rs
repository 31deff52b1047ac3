//! Reads by key: several rows in one round trip, always consistent.

use std::collections::{BTreeSet, HashMap};
use std::sync::Mutex;

use aws_sdk_dynamodb::types::KeysAndAttributes;
use domain::kernel::{AccountId, ChargeId, Error};
use futures::future::try_join_all;

use crate::error::request_error;
use crate::item::Item;
use crate::items::Location;
use crate::key::{Key, Table};
use crate::row::{Attributes, Row, attributes};
use crate::view::{RowAddress, View, lock};
use crate::{CommitMode, Store, table};

/// Maximum number of keys that DynamoDB accepts in a request.
const KEYS_PER_REQUEST: usize = 100;
/// Maximum number of requests for rows that the table left out of an answer.
const BATCH_ATTEMPTS_MAX: usize = 4;

impl Store {
    /// Reads the rows of `keys`, at most 100, in their order and in one round trip. It sends one
    /// request per table, at the same time. AWS documents the limit of a role to families
    /// (`dynamodb:LeadingKeys`) only for requests to one table.
    pub async fn read(&self, keys: &[Key]) -> Result<Vec<Option<Row>>, Error> {
        if let CommitMode::Group(view) = &self.mode {
            return self.read_in_group(view, keys).await;
        }
        let names: Vec<_> = keys.iter().map(|key| (key.pk(), key.sk())).collect();
        let of = |table| {
            let named = keys.iter().zip(&names).filter(move |(key, _)| key.table() == table);
            self.read_table(table, named.map(|(_, name)| name.clone()).collect())
        };
        let (mut found, others) = tokio::try_join!(of(Table::Main), of(Table::Deliveries))?;
        found.extend(others);
        let missing = keys.iter().zip(&names).filter(|(_, name)| !found.contains_key(*name));
        let former_keys: Vec<_> = missing.filter_map(|(key, _)| key.former()).collect();
        let of = |table| {
            let keys = former_keys.iter().filter(move |key| key.table() == table);
            self.read_table(table, keys.map(|key| (key.pk(), key.sk())).collect())
        };
        let (mut former, others) = tokio::try_join!(of(Table::Main), of(Table::Deliveries))?;
        former.extend(others);
        let row = |(key, name): (&Key, &(String, String))| {
            let former_name = || key.former().map(|key| (key.pk(), key.sk()));
            found.get(name).or_else(|| former.get(&former_name()?)).cloned().map(Row)
        };
        Ok(keys.iter().zip(&names).map(row).collect())
    }

    async fn read_in_group(
        &self,
        view: &Mutex<View>,
        keys: &[Key],
    ) -> Result<Vec<Option<Row>>, Error> {
        if lock(view).want(keys) {
            return std::future::pending().await;
        }
        let unknown = lock(view).unknown(keys);
        if !unknown.is_empty() {
            let rows = self.without_turns().read_all(&unknown).await?;
            lock(view).learn(rows);
        }
        let rows = lock(view).rows(keys)?;
        Ok(rows.into_iter().map(|row| row.map(Row)).collect())
    }

    /// Reads the rows of any number of keys in one round trip.
    pub(crate) async fn read_all(
        &self,
        keys: &[Key],
    ) -> Result<HashMap<RowAddress, Option<Attributes>>, Error> {
        let chunks = keys.chunks(KEYS_PER_REQUEST);
        let rows = try_join_all(chunks.map(|chunk| self.read(chunk))).await?;
        let names = keys.iter().map(|key| (key.table(), key.pk(), key.sk()));
        Ok(names.zip(rows.into_iter().flatten().map(|row| row.map(|row| row.0))).collect())
    }

    async fn read_table(
        &self,
        table: Table,
        names: BTreeSet<(String, String)>,
    ) -> Result<HashMap<(String, String), Attributes>, Error> {
        let mut request = HashMap::new();
        if !names.is_empty() {
            request.insert(self.table(table).to_owned(), keys_and_attributes(names));
        }
        let mut found = HashMap::new();
        for _ in 0..BATCH_ATTEMPTS_MAX {
            if request.is_empty() {
                return Ok(found);
            }
            let response =
                self.client.batch_get_item().set_request_items(Some(request)).send().await;
            let response = response.map_err(request_error)?;
            for row in response.responses.unwrap_or_default().into_values().flatten() {
                found.insert(name_of(&row)?, row);
            }
            request = response.unprocessed_keys.unwrap_or_default();
        }
        if request.is_empty() {
            return Ok(found);
        }
        Err(Error::unavailable("the table left rows out of its answers"))
    }

    /// Reads one row; `None` if it does not exist.
    pub async fn find<I: Item>(&self, key: &Key) -> Result<Option<I>, Error> {
        let item = match &self.mode {
            CommitMode::Group(view) => self.find_in_group(view, key).await?,
            _ => match (self.get(key).await?, key.former()) {
                (None, Some(former)) => self.get(&former).await?,
                (found, _) => found,
            },
        };
        item.map(|item| Row(item).read()).transpose()
    }

    /// Finds a row for work of a group. The request is the one that the work sends alone, because a role can
    /// allow only that one.
    async fn find_in_group(
        &self,
        view: &Mutex<View>,
        key: &Key,
    ) -> Result<Option<Attributes>, Error> {
        if lock(view).is_collecting() {
            return std::future::pending().await;
        }
        let key = std::slice::from_ref(key);
        if !lock(view).unknown(key).is_empty() {
            let name = (key[0].table(), key[0].pk(), key[0].sk());
            let row = self.get(&key[0]).await?;
            lock(view).learn(HashMap::from([(name, row)]));
        }
        Ok(lock(view).rows(key)?.pop().flatten())
    }

    async fn get(&self, key: &Key) -> Result<Option<Attributes>, Error> {
        let response = self
            .client
            .get_item()
            .table_name(self.table(key.table()))
            .set_key(Some(attributes((key.pk(), key.sk()))))
            .consistent_read(true)
            .send()
            .await
            .map_err(request_error)?;
        Ok(response.item)
    }

    /// Reads the charge behind a Pix location.
    pub async fn find_charge_by_location(
        &self,
        token: &str,
    ) -> Result<Option<domain::charge::Charge>, Error> {
        let Some((account_id, charge_id)) = self.find_location(token).await? else {
            return Ok(None);
        };
        self.find(&Key::Charge(account_id, charge_id)).await
    }

    /// Reads which charge of which account is behind a Pix location.
    pub async fn find_location(&self, token: &str) -> Result<Option<(AccountId, ChargeId)>, Error> {
        let location = self.find::<Location>(&Key::Location(token.to_owned())).await?;
        Ok(location.map(|location| (location.account_id, location.charge_id)))
    }
}

fn keys_and_attributes(names: BTreeSet<(String, String)>) -> KeysAndAttributes {
    KeysAndAttributes::builder()
        .consistent_read(true)
        .set_keys(Some(names.into_iter().map(attributes).collect()))
        .build()
        .expect("the keys are set")
}

fn name_of(row: &Attributes) -> Result<(String, String), Error> {
    let text = |name: &str| row.get(name).and_then(|value| value.as_s().ok()).cloned();
    text(table::PK).zip(text(table::SK)).ok_or_else(|| Error::internal("a row has no key"))
}
