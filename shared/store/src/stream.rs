//! The table's stream, as Lambda hands it over.

use domain::Error;
use serde::Deserialize;
use serde_json::Value;

use crate::{Item, table};

/// One record of a batch, read for rows of one type.
#[derive(Debug)]
pub struct StreamRecord<T> {
    /// Names the record when it has to be sent again.
    pub sequence_number: String,
    /// The row as it was written; none when the record is of another type.
    pub row: Result<Option<T>, Error>,
}

#[derive(Deserialize)]
struct Records {
    #[serde(rename = "Records")]
    records: Vec<Value>,
}

impl<T: Item> StreamRecord<T> {
    /// Reads a batch. A record that is not what it should be fails alone, not its batch.
    pub fn read_batch(batch: Value) -> Result<Vec<Self>, Error> {
        let batch: Records = serde_json::from_value(batch).map_err(Error::internal)?;
        Ok(batch.records.into_iter().map(Self::read).collect())
    }

    fn read(mut record: Value) -> Self {
        let number = record["dynamodb"]["SequenceNumber"].as_str().unwrap_or_default().to_owned();
        let image = record["dynamodb"]["NewImage"].take();
        let ours = image[table::ROW]["S"].as_str() == Some(T::KIND);
        let row = if ours { row(image).map(Some) } else { Ok(None) };
        Self { sequence_number: number, row }
    }
}

fn row<T: Item>(image: Value) -> Result<T, Error> {
    let item: serde_dynamo::Item = serde_json::from_value(image).map_err(Error::internal)?;
    serde_dynamo::from_item(item).map_err(|cause| {
        Error::internal(format!("a record of the stream is no {}: {cause}", T::KIND))
    })
}
