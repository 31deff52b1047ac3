//! Reads by key: several rows in one round trip, always consistent.

use std::collections::{BTreeSet, HashMap};

use aws_sdk_dynamodb::types::KeysAndAttributes;
use domain::kernel::Error;

use crate::error::request_error;
use crate::item::Item;
use crate::items::Location;
use crate::key::{Key, Table};
use crate::row::{Attributes, Row, attributes};
use crate::{Store, table};

/// Maximum number of requests for rows that the table left out of an answer.
const BATCH_ATTEMPTS_MAX: usize = 4;

impl Store {
    /// Reads the rows of `keys`, at most 100, in their order and in one round trip. It sends one
    /// request per table, at the same time. AWS documents the limit of a role to families
    /// (`dynamodb:LeadingKeys`) only for requests to one table.
    pub async fn read(&self, keys: &[Key]) -> Result<Vec<Option<Row>>, Error> {
        let names: Vec<_> = keys.iter().map(|key| (key.pk(), key.sk())).collect();
        let of = |table| {
            let named = keys.iter().zip(&names).filter(move |(key, _)| key.table() == table);
            self.read_table(table, named.map(|(_, name)| name.clone()).collect())
        };
        let (mut found, others) = tokio::try_join!(of(Table::Main), of(Table::Deliveries))?;
        found.extend(others);
        Ok(names.iter().map(|name| found.get(name).cloned().map(Row)).collect())
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
        let response = self
            .client
            .get_item()
            .table_name(self.table(key.table()))
            .set_key(Some(attributes((key.pk(), key.sk()))))
            .consistent_read(true)
            .send()
            .await
            .map_err(request_error)?;
        response.item.map(|item| Row(item).read()).transpose()
    }

    /// Reads the charge behind a Pix location.
    pub async fn find_charge_by_location(
        &self,
        token: &str,
    ) -> Result<Option<domain::charge::Charge>, Error> {
        let key = Key::Location(token.to_owned());
        let Some(location) = self.find::<Location>(&key).await? else {
            return Ok(None);
        };
        self.find(&Key::Charge(location.account_id, location.charge_id)).await
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
