//! The table's stream, as Lambda reads it: batches in order; a failed batch is bisected and retried
//! up to five times. Then its record goes to the failure destination, so that the stream continues.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use catalogue::STREAM_FILTERS;
use domain::kernel::Error;
use dynoxide::Database;
use dynoxide::actions::describe_stream::DescribeStreamRequest;
use dynoxide::actions::get_records::GetRecordsRequest;
use dynoxide::actions::get_shard_iterator::GetShardIteratorRequest;
use dynoxide::actions::list_streams::ListStreamsRequest;
use serde_json::{Value, json};

/// Records of a batch, as in the event source of `relay`.
const BATCH: usize = 100;
/// Retries of a batch.
const RETRIES_MAX: u32 = 5;

/// Position of the reader in a stream.
#[derive(Default)]
struct StreamPosition {
    iterator: Option<String>,
    pending: VecDeque<Value>,
    tries: u32,
}

/// Returns true if an image matches the pattern of an event source: each field has one of the
/// values, or a text with one of the prefixes.
fn passes(pattern: &Value, image: &Value) -> bool {
    match pattern {
        Value::Object(fields) => fields.iter().all(|(name, inner)| passes(inner, &image[name])),
        Value::Array(allowed) => allowed.iter().any(|allowed| match allowed["prefix"].as_str() {
            Some(prefix) => image.as_str().is_some_and(|text| text.starts_with(prefix)),
            None => allowed == image,
        }),
        _ => false,
    }
}

/// The stream of one table, as one event source reads it.
#[derive(Clone)]
pub(crate) struct TableStream {
    database: Database,
    /// Lock of the reader, because the batches of a shard are processed one after the other.
    pub(crate) turn: Arc<tokio::sync::Mutex<()>>,
    position: Arc<Mutex<StreamPosition>>,
    failures: Arc<Mutex<Vec<Value>>>,
    off: Arc<std::sync::atomic::AtomicBool>,
}

impl TableStream {
    /// Returns a reader that starts now, for the rows that pass the filters of the event source. The
    /// sweep publishes older rows.
    pub(crate) fn from_now(database: Database, table: &str) -> Result<Self, Error> {
        let internal = |cause: dynoxide::DynoxideError| Error::internal(cause.to_string());
        let streams =
            ListStreamsRequest { table_name: Some(table.to_owned()), ..Default::default() };
        let streams = database.list_streams(streams).map_err(internal)?.streams;
        let stream_arn = streams.into_iter().next().map(|stream| stream.stream_arn);
        let stream_arn = stream_arn.ok_or_else(|| Error::internal("the table has no stream"))?;
        let described =
            DescribeStreamRequest { stream_arn: stream_arn.clone(), ..Default::default() };
        let shards =
            database.describe_stream(described).map_err(internal)?.stream_description.shards;
        let shard = shards.into_iter().next_back().map(|shard| shard.shard_id);
        let latest = GetShardIteratorRequest {
            stream_arn,
            shard_id: shard.ok_or_else(|| Error::internal("the stream has no shard"))?,
            shard_iterator_type: "LATEST".to_owned(),
            sequence_number: None,
        };
        let iterator = database.get_shard_iterator(latest).map_err(internal)?.shard_iterator;
        let position = StreamPosition { iterator, ..StreamPosition::default() };
        Ok(Self {
            database,
            turn: Arc::default(),
            position: Arc::new(Mutex::new(position)),
            failures: Arc::default(),
            off: Arc::default(),
        })
    }

    /// Disables or enables the event source. It loses the records written while it is disabled.
    pub(crate) fn switch(&self, on: bool) {
        self.off.store(!on, std::sync::atomic::Ordering::SeqCst);
    }

    /// Returns the records that went to the failure destination.
    pub(crate) fn failures(&self) -> Vec<Value> {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Drops the pending records.
    pub(crate) fn forget(&self) {
        let mut position = self.locked();
        position.pending.clear();
        position.tries = 0;
    }

    /// Adds a record at the end, as if the table had written it.
    pub(crate) fn inject(&self, record: Value) {
        self.locked().pending.push_back(record);
    }

    fn locked(&self) -> std::sync::MutexGuard<'_, StreamPosition> {
        self.position.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the next batch of rows that pass the filter, or `None` if there is none.
    pub(crate) fn next_batch(&self) -> Result<Option<Vec<Value>>, Error> {
        let mut position = self.locked();
        let filters = STREAM_FILTERS.iter().map(|filter| serde_json::from_str(filter));
        let filters: Vec<Value> = filters.collect::<Result<_, _>>().map_err(Error::internal)?;
        if let Some(iterator) = position.iterator.clone() {
            let request = GetRecordsRequest { shard_iterator: iterator, limit: None };
            let response = self.database.get_records(request);
            let response = response.map_err(|cause| Error::internal(cause.to_string()))?;
            position.iterator = response.next_shard_iterator;
            let off = self.off.load(std::sync::atomic::Ordering::SeqCst);
            for record in response.records.into_iter().filter(|_| !off) {
                let record = serde_json::to_value(record).map_err(Error::internal)?;
                let image = &record["dynamodb"]["NewImage"];
                if filters.iter().any(|filter| passes(filter, image)) {
                    position.pending.push_back(record);
                }
            }
        }
        // After a failure one record at a time, which is where bisecting ends.
        let size = if position.tries == 0 { BATCH } else { 1 };
        let batch: Vec<_> = position.pending.iter().take(size).cloned().collect();
        Ok((!batch.is_empty()).then_some(batch))
    }

    /// Records the outcome of a batch. `response` is `None` if the whole function failed.
    pub(crate) fn settle(&self, batch: &[Value], response: Option<&Value>) {
        let mut position = self.locked();
        let failed = |record: &Value| match response {
            None => true,
            Some(response) => response["batchItemFailures"].as_array().is_some_and(|failures| {
                let number = &record["dynamodb"]["SequenceNumber"];
                failures.iter().any(|failure| failure["itemIdentifier"] == *number)
            }),
        };
        // Everything from the first failure on is sent again.
        let first = batch.iter().position(failed).unwrap_or(batch.len());
        position.pending.drain(..first);
        if first == batch.len() {
            position.tries = 0;
            return;
        }
        position.tries = if first == 0 { position.tries + 1 } else { 1 };
        if position.tries > RETRIES_MAX {
            let poison = position.pending.pop_front();
            self.failures.lock().unwrap_or_else(PoisonError::into_inner).extend(poison);
            position.tries = 0;
        }
    }

    /// Returns the event that Lambda makes of a batch.
    pub(crate) fn event(batch: &[Value]) -> Value {
        json!({ "Records": batch })
    }
}
