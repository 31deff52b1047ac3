//! The table's stream, as Lambda reads it: batches in order, a failing one bisected, at most five
//! retries, then aside to the failure destination so that the rest flows.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use domain::kernel::Error;
use dynoxide::Database;
use dynoxide::actions::describe_stream::DescribeStreamRequest;
use dynoxide::actions::get_records::GetRecordsRequest;
use dynoxide::actions::get_shard_iterator::GetShardIteratorRequest;
use dynoxide::actions::list_streams::ListStreamsRequest;
use serde_json::{Value, json};
use stack::StreamFilter;

/// Records of a batch, as in the event source of `relay`.
const BATCH: usize = 100;
/// Times a batch is tried again.
const RETRIES_MAX: u32 = 5;

/// Where the reading of a stream is.
#[derive(Default)]
struct StreamPosition {
    iterator: Option<String>,
    filter: VecDeque<Value>,
    tries: u32,
}

/// Whether an image has what the pattern of an event source asks for: each field one of the values,
/// or a text that begins like one of the prefixes.
fn passes(pattern: &Value, image: &Value) -> bool {
    match pattern {
        Value::Object(fields) => fields.iter().all(|(name, inner)| passes(inner, &image[name])),
        Value::Array(wanted) => wanted.iter().any(|wanted| match wanted["prefix"].as_str() {
            Some(prefix) => image.as_str().is_some_and(|text| text.starts_with(prefix)),
            None => wanted == image,
        }),
        _ => false,
    }
}

/// The stream of one table, as one event source reads it.
#[derive(Clone)]
pub(crate) struct TableStream {
    database: Database,
    /// A shard's batches are handed out one after the other.
    pub(crate) turn: Arc<tokio::sync::Mutex<()>>,
    filter: StreamFilter,
    position: Arc<Mutex<StreamPosition>>,
    failures: Arc<Mutex<Vec<Value>>>,
    off: Arc<std::sync::atomic::AtomicBool>,
}

impl TableStream {
    /// The stream from now on, for rows that wait for this. What is older is left to the sweep.
    pub(crate) fn from_now(
        database: Database,
        table: &str,
        filter: StreamFilter,
    ) -> Result<Self, Error> {
        let wrong = |cause: dynoxide::DynoxideError| Error::internal(cause.to_string());
        let streams =
            ListStreamsRequest { table_name: Some(table.to_owned()), ..Default::default() };
        let streams = database.list_streams(streams).map_err(wrong)?.streams;
        let stream_arn = streams.into_iter().next().map(|stream| stream.stream_arn);
        let stream_arn = stream_arn.ok_or_else(|| Error::internal("the table has no stream"))?;
        let described =
            DescribeStreamRequest { stream_arn: stream_arn.clone(), ..Default::default() };
        let shards = database.describe_stream(described).map_err(wrong)?.stream_description.shards;
        let shard = shards.into_iter().next_back().map(|shard| shard.shard_id);
        let latest = GetShardIteratorRequest {
            stream_arn,
            shard_id: shard.ok_or_else(|| Error::internal("the stream has no shard"))?,
            shard_iterator_type: "LATEST".to_owned(),
            sequence_number: None,
        };
        let iterator = database.get_shard_iterator(latest).map_err(wrong)?.shard_iterator;
        let position = StreamPosition { iterator, ..StreamPosition::default() };
        Ok(Self {
            database,
            turn: Arc::default(),
            filter,
            position: Arc::new(Mutex::new(position)),
            failures: Arc::default(),
            off: Arc::default(),
        })
    }

    /// Switches the mapping off or on: records are lost to it meanwhile.
    pub(crate) fn switch(&self, on: bool) {
        self.off.store(!on, std::sync::atomic::Ordering::SeqCst);
    }

    /// What was put aside.
    pub(crate) fn failures(&self) -> Vec<Value> {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Loses what waits.
    pub(crate) fn forget(&self) {
        let mut position = self.locked();
        position.filter.clear();
        position.tries = 0;
    }

    /// Puts a record at the end, as if the table had written it.
    pub(crate) fn inject(&self, record: Value) {
        self.locked().filter.push_back(record);
    }

    fn locked(&self) -> std::sync::MutexGuard<'_, StreamPosition> {
        self.position.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next batch, if there is one: new rows that wait to be relayed, as the event source's
    /// filter lets through.
    pub(crate) fn next_batch(&self) -> Result<Option<Vec<Value>>, Error> {
        let mut position = self.locked();
        let filters = self.filter.filters().iter().map(|filter| serde_json::from_str(filter));
        let filters: Vec<Value> = filters.collect::<Result<_, _>>().map_err(Error::internal)?;
        if let Some(iterator) = position.iterator.clone() {
            let request = GetRecordsRequest { shard_iterator: iterator, limit: None };
            let answer = self.database.get_records(request);
            let answer = answer.map_err(|cause| Error::internal(cause.to_string()))?;
            position.iterator = answer.next_shard_iterator;
            let off = self.off.load(std::sync::atomic::Ordering::SeqCst);
            for record in answer.records.into_iter().filter(|_| !off) {
                let record = serde_json::to_value(record).map_err(Error::internal)?;
                let image = &record["dynamodb"]["NewImage"];
                if filters.iter().any(|filter| passes(filter, image)) {
                    position.filter.push_back(record);
                }
            }
        }
        // After a failure one record at a time: what bisecting comes to in the end.
        let size = if position.tries == 0 { BATCH } else { 1 };
        let batch: Vec<_> = position.filter.iter().take(size).cloned().collect();
        Ok((!batch.is_empty()).then_some(batch))
    }

    /// What came of a batch: its answer, or none when the function failed as a whole.
    pub(crate) fn settle(&self, batch: &[Value], answer: Option<&Value>) {
        let mut position = self.locked();
        let failed = |record: &Value| match answer {
            None => true,
            Some(answer) => answer["batchItemFailures"].as_array().is_some_and(|failures| {
                let number = &record["dynamodb"]["SequenceNumber"];
                failures.iter().any(|failure| failure["itemIdentifier"] == *number)
            }),
        };
        // Everything from the first failure on comes again.
        let first = batch.iter().position(failed).unwrap_or(batch.len());
        position.filter.drain(..first);
        if first == batch.len() {
            position.tries = 0;
            return;
        }
        position.tries = if first == 0 { position.tries + 1 } else { 1 };
        if position.tries > RETRIES_MAX {
            let poison = position.filter.pop_front();
            self.failures.lock().unwrap_or_else(PoisonError::into_inner).extend(poison);
            position.tries = 0;
        }
    }

    /// The event Lambda makes of a batch.
    pub(crate) fn event(batch: &[Value]) -> Value {
        json!({ "Records": batch })
    }
}
