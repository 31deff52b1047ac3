//! The table's stream, as Lambda hands it over.

use domain::kernel::Error;
use serde::Deserialize;
use serde_json::Value;

use crate::{Item, table};

/// One record of a batch.
#[derive(Debug)]
pub struct StreamRecord {
    /// Names the record when it has to be sent again.
    pub sequence_number: String,
    /// The row as it was written.
    image: Value,
}

#[derive(Deserialize)]
struct StreamEvent {
    #[serde(rename = "Records")]
    records: Vec<Value>,
}

impl StreamRecord {
    /// Reads a batch.
    pub fn read_batch(batch: Value) -> Result<Vec<Self>, Error> {
        let batch: StreamEvent = serde_json::from_value(batch).map_err(Error::internal)?;
        let records = batch.records.into_iter().map(|mut record| Self {
            sequence_number: record["dynamodb"]["SequenceNumber"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
            image: record["dynamodb"]["NewImage"].take(),
        });
        Ok(records.collect())
    }

    /// The row, if it is of this type. A record that is not what it should be fails alone, not its
    /// batch.
    pub fn row<T: Item>(&self) -> Result<Option<T>, Error> {
        if self.image[table::ROW]["S"].as_str() != Some(T::KIND) {
            return Ok(None);
        }
        let item: serde_dynamo::Item =
            serde_json::from_value(self.image.clone()).map_err(Error::internal)?;
        serde_dynamo::from_item(item).map(Some).map_err(|cause| {
            Error::internal(format!("a record of the stream is no {}: {cause}", T::KIND))
        })
    }
}
