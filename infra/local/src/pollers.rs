//! What Lambda's event sources do on AWS: the stream and the lanes hand their batches to the
//! functions, and what fails comes again.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use aws_sdk_sqs::types::{DeleteMessageBatchRequestEntry, Message, MessageSystemAttributeName};
use dispatch::{send_live, send_retries};
use domain::kernel::Error;
use export::write_statements;
use futures::FutureExt;
use jiff::SignedDuration;
use network::submit_orders;
use queue::Lane;
use relay::{publish_events, queue_work};
use runtime::Clock;
use serde_json::{Value, json};

use crate::Bundle;
use crate::roles::acting;
use crate::stream::TableStream;

/// Messages of a batch, as in the event sources of the queues; a file is written alone.
const BATCH: i32 = 10;
const BATCH_OF_EXPORTS: i32 = 1;
/// How often idle pollers look again, in case the clock was moved.
const IDLE: Duration = Duration::from_millis(250);
/// Batches of one lane at the same time, when the bundle runs by itself.
const CONCURRENT: usize = 4;
/// Every queue.
const LANES: [Lane; 4] = [Lane::Live, Lane::Retry, Lane::Orders, Lane::Exports];

impl Bundle {
    /// Hands one batch of events to `relay`; how many records it held.
    pub async fn relay(&self) -> Result<usize, Error> {
        let publish =
            |event| acting("publish_events", publish_events::handle(self.worker(), event));
        follow(&self.stream, publish).await
    }

    /// Hands one batch of work that waits for a queue to `relay`; how many records it held.
    pub async fn queue_work(&self) -> Result<usize, Error> {
        let queue = |event| acting("queue_work", queue_work::handle(self.worker(), event));
        follow(&self.work_stream, queue).await
    }

    /// Hands one batch of a queue to its function; how many messages it held.
    pub async fn dispatch(&self, lane: Lane) -> Result<usize, Error> {
        let messages = self.receive(lane).await?;
        self.process(lane, &messages).await?;
        Ok(messages.len())
    }

    /// Takes a batch off a lane, hidden from others for its visibility.
    pub async fn receive(&self, lane: Lane) -> Result<Vec<Message>, Error> {
        let batch = if lane == Lane::Exports { BATCH_OF_EXPORTS } else { BATCH };
        let received = self
            .sqs
            .receive_message()
            .queue_url(self.worker().lanes.url(lane))
            .max_number_of_messages(batch)
            .message_system_attribute_names(MessageSystemAttributeName::All)
            .send()
            .await
            .map_err(Error::unavailable)?;
        Ok(received.messages.unwrap_or_default())
    }

    /// Hands a batch to the function, and deletes what it has done.
    pub async fn process(&self, lane: Lane, messages: &[Message]) -> Result<(), Error> {
        if messages.is_empty() {
            return Ok(());
        }
        let record = |message: &Message| {
            json!({
                "messageId": message.message_id(),
                "receiptHandle": message.receipt_handle(),
                "body": message.body(),
                "eventSource": "aws:sqs",
            })
        };
        let event = json!({ "Records": messages.iter().map(record).collect::<Vec<_>>() });
        let send = async {
            match lane {
                Lane::Live => acting("send_live", send_live::handle(&self.dispatcher, event)).await,
                Lane::Retry => {
                    acting("send_retries", send_retries::handle(&self.dispatcher, event)).await
                }
                Lane::Exports => {
                    acting("write_statements", write_statements::handle(&self.exporter, event))
                        .await
                }
                Lane::Orders => {
                    acting("submit_orders", submit_orders::handle(&self.order_worker, event)).await
                }
            }
        };
        // A function that fails as a whole has finished nothing.
        let answer = AssertUnwindSafe(send).catch_unwind().await.ok().and_then(Result::ok);
        let Some(answer) = answer else { return Ok(()) };
        let failed = |id: Option<&str>| {
            let failures = answer["batchItemFailures"].as_array();
            failures.into_iter().flatten().any(|one| one["itemIdentifier"].as_str() == id)
        };
        let done = messages.iter().filter(|message| !failed(message.message_id()));
        let entries: Vec<_> = done
            .enumerate()
            .map(|(place, message)| {
                DeleteMessageBatchRequestEntry::builder()
                    .id(place.to_string())
                    .receipt_handle(message.receipt_handle().unwrap_or_default())
                    .build()
                    .expect("id and receipt handle are set")
            })
            .collect();
        if !entries.is_empty() {
            let url = self.worker().lanes.url(lane);
            let delete = self.sqs.delete_message_batch().queue_url(url).set_entries(Some(entries));
            delete.send().await.map_err(Error::unavailable)?;
        }
        Ok(())
    }

    /// Does everything that is to be done at this instant; how many records and messages that were.
    pub async fn deliver(&self) -> Result<usize, Error> {
        let mut all = 0;
        loop {
            let done = self.relay().await?
                + self.queue_work().await?
                + self.dispatch(Lane::Orders).await?
                + self.dispatch(Lane::Exports).await?
                + self.dispatch(Lane::Live).await?
                + self.dispatch(Lane::Retry).await?;
            if done == 0 {
                return Ok(all);
            }
            all += done;
        }
    }

    /// Keeps stream and lanes flowing until the process ends. Failures are told to `failed`, and
    /// everything goes on.
    pub async fn flow(&self, failed: impl Fn(&Error) + Sync) {
        let stream = async {
            loop {
                self.polled(self.relay().await, &failed).await;
            }
        };
        let work = async {
            loop {
                self.polled(self.queue_work().await, &failed).await;
            }
        };
        let lane = async |lane| loop {
            self.polled(self.dispatch(lane).await, &failed).await;
        };
        let lanes = LANES.into_iter().cycle().take(LANES.len() * CONCURRENT).map(lane);
        let _: ((), (), Vec<()>) = futures::join!(stream, work, futures::future::join_all(lanes));
    }

    /// After a poll that found nothing: until something is written or sent, or comes of age.
    async fn polled(&self, outcome: Result<usize, Error>, failed: &(impl Fn(&Error) + Sync)) {
        match outcome {
            Ok(0) => {}
            Ok(_) => return,
            Err(error) => failed(&error),
        }
        let now = self.clock().now();
        let lanes = LANES.map(|lane| self.worker().lanes.url(lane).to_owned());
        let next = lanes.iter().filter_map(|url| self.queues().next_visible_at(url)).min();
        let wait = next.map_or(SignedDuration::MAX, |at| at.duration_since(now));
        let wait = Duration::try_from(wait.max(SignedDuration::from_millis(5))).unwrap_or(IDLE);
        tokio::select! {
            () = tokio::time::sleep(wait.min(IDLE)) => {}
            () = self.queues().sent().notified() => {}
            () = self.written.notified() => {}
        }
    }

    /// Switches the stream's mappings off or on.
    pub fn switch_stream(&self, on: bool) {
        self.stream.switch(on);
        self.work_stream.switch(on);
    }

    /// Loses every message of the queues.
    pub async fn purge_lanes(&self) {
        for lane in LANES {
            let purge = self.sqs.purge_queue().queue_url(self.worker().lanes.url(lane));
            // A queue that cannot be reached has lost its messages too.
            let _ = purge.send().await;
        }
    }

    /// Loses what the stream was about to hand out.
    pub fn forget_stream(&self) {
        self.stream.forget();
    }

    /// Records the stream put aside because they failed again and again.
    pub fn stream_failures(&self) -> Vec<Value> {
        self.stream.failures()
    }

    /// Puts a record into the stream as if the table had written it.
    pub fn inject_stream_record(&self, record: Value) {
        self.stream.inject(record);
    }
}

/// Hands one batch of a stream to its function; how many records it held.
async fn follow<R>(stream: &TableStream, consume: impl FnOnce(Value) -> R) -> Result<usize, Error>
where
    R: Future<Output = Result<Value, Error>>,
{
    let _turn = stream.turn.lock().await;
    let Some(batch) = stream.next_batch()? else { return Ok(0) };
    let outcome = AssertUnwindSafe(consume(TableStream::event(&batch)));
    let answer = outcome.catch_unwind().await.ok().and_then(Result::ok);
    stream.settle(&batch, answer.as_ref());
    Ok(batch.len())
}
