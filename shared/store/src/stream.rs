//! The table's stream, as Lambda hands it over.

use domain::{Error, Event};
use serde::Deserialize;
use serde_json::Value;

use crate::{Item, table};

/// One record of a batch.
#[derive(Debug)]
pub struct StreamRecord {
    /// Names the record when it has to be sent again.
    pub sequence_number: String,
    /// The event that waits for its deliveries; none when the record is of something else.
    pub event: Result<Option<Event>, Error>,
}

#[derive(Deserialize)]
struct Records {
    #[serde(rename = "Records")]
    records: Vec<Value>,
}

impl StreamRecord {
    /// Reads a batch. A record that is not what it should be fails alone, not its batch.
    pub fn read_batch(batch: Value) -> Result<Vec<Self>, Error> {
        let batch: Records = serde_json::from_value(batch).map_err(Error::internal)?;
        Ok(batch.records.into_iter().map(Self::read).collect())
    }

    fn read(mut record: Value) -> Self {
        let number = record["dynamodb"]["SequenceNumber"].as_str().unwrap_or_default().to_owned();
        let image = record["dynamodb"]["NewImage"].take();
        let kind = image[table::ROW]["S"].as_str() == Some(Event::KIND);
        // A row that was relayed is written once more to say so.
        let waits = image.get("relayed_at").is_none();
        let event = if kind && waits { event(image).map(Some) } else { Ok(None) };
        Self { sequence_number: number, event }
    }
}

fn event(image: Value) -> Result<Event, Error> {
    let item: serde_dynamo::Item = serde_json::from_value(image).map_err(Error::internal)?;
    serde_dynamo::from_item(item)
        .map_err(|cause| Error::internal(format!("a record of the stream is no event: {cause}")))
}
