//! The stream of the table, in the form that Lambda delivers.

use domain::kernel::Error;
use serde::Deserialize;
use serde_json::Value;

use crate::{Item, Row, table};

/// A record of a batch.
#[derive(Debug)]
pub struct StreamRecord {
    /// Id of the record in an answer that asks for it again.
    pub sequence_number: String,
    /// Row after the write.
    image: Value,
}

#[derive(Deserialize)]
struct StreamEvent {
    #[serde(rename = "Records")]
    records: Vec<Value>,
}

impl StreamRecord {
    /// Reads the event of a stream.
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

    /// Returns the row if it has this type. A malformed record fails alone, not with its batch.
    pub fn row<T: Item>(&self) -> Result<Option<T>, Error> {
        if self.image[table::ROW]["S"].as_str() != Some(T::KIND) {
            return Ok(None);
        }
        let item: serde_dynamo::Item =
            serde_json::from_value(self.image.clone()).map_err(Error::internal)?;
        Row(item.into()).read().map(Some)
    }
}
