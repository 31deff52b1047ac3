//! The event sources, as Lambda has them on AWS: they pass batches of the stream and of the lanes
//! to the functions, and repeat what fails.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use ::uploads::inspect_uploads;
use aws_sdk_sqs::types::{DeleteMessageBatchRequestEntry, Message, MessageSystemAttributeName};
use dispatch::{send_live, send_retries};
use domain::kernel::Error;
use export::write_statements;
use futures::FutureExt;
use jiff::SignedDuration;
use network::submit_orders;
use queue::Lane;
use relay::relay_changes;
use runtime::Clock;
use serde_json::{Value, json};

use crate::Bundle;
use crate::roles::acting;
use crate::stream::TableStream;

/// Longest wait of an idle poller, in case the clock was moved.
const IDLE: Duration = Duration::from_millis(250);
/// Batches of one lane that [`Bundle::flow`] processes at the same time.
const CONCURRENT: usize = 4;
/// Every queue.
const LANES: [Lane; 5] = [Lane::Live, Lane::Retry, Lane::Orders, Lane::Exports, Lane::Uploads];

impl Bundle {
    /// Passes one batch of the stream to `relay` and returns its number of records.
    pub async fn relay(&self) -> Result<usize, Error> {
        let relay = |event| acting("relay_changes", relay_changes::handle(self.worker(), event));
        follow(&self.stream, relay).await
    }

    /// Passes one batch of a queue to its function and returns its number of messages.
    pub async fn dispatch(&self, lane: Lane) -> Result<usize, Error> {
        let messages = self.receive(lane).await?;
        self.process(lane, &messages).await?;
        Ok(messages.len())
    }

    /// Receives a batch of a lane, which hides its messages for the visibility timeout.
    pub async fn receive(&self, lane: Lane) -> Result<Vec<Message>, Error> {
        let received = self
            .sqs
            .receive_message()
            .queue_url(self.worker().lanes.url(lane))
            .max_number_of_messages(lane.batch_max().into())
            .message_system_attribute_names(MessageSystemAttributeName::All)
            .send()
            .await
            .map_err(Error::unavailable)?;
        Ok(received.messages.unwrap_or_default())
    }

    /// Passes a batch to the function, and deletes the messages that it processed.
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
                Lane::Uploads => {
                    acting("inspect_uploads", inspect_uploads::handle(&self.inspector, event)).await
                }
                Lane::Orders => {
                    acting("submit_orders", submit_orders::handle(&self.order_worker, event)).await
                }
            }
        };
        // A function that fails as a whole has processed nothing.
        let response = AssertUnwindSafe(send).catch_unwind().await.ok().and_then(Result::ok);
        let Some(response) = response else { return Ok(()) };
        let failed = |id: Option<&str>| {
            let failures = response["batchItemFailures"].as_array();
            failures.into_iter().flatten().any(|one| one["itemIdentifier"].as_str() == id)
        };
        let done = messages.iter().filter(|message| !failed(message.message_id()));
        let entries: Vec<_> = done
            .enumerate()
            .map(|(index, message)| {
                DeleteMessageBatchRequestEntry::builder()
                    .id(index.to_string())
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

    /// Processes everything that is due now and returns the number of records and messages.
    pub async fn deliver(&self) -> Result<usize, Error> {
        let mut all = 0;
        loop {
            let done = self.relay().await?
                + self.dispatch(Lane::Orders).await?
                + self.dispatch(Lane::Exports).await?
                + self.dispatch(Lane::Uploads).await?
                + self.dispatch(Lane::Live).await?
                + self.dispatch(Lane::Retry).await?;
            if done == 0 {
                return Ok(all);
            }
            all += done;
        }
    }

    /// Processes stream and lanes until the process ends. A failure is passed to `failed`, and the
    /// pollers continue.
    pub async fn flow(&self, failed: impl Fn(&Error) + Sync) {
        let stream = async {
            loop {
                self.polled(self.relay().await, &failed).await;
            }
        };
        let lane = async |lane| loop {
            self.polled(self.dispatch(lane).await, &failed).await;
        };
        let lanes = LANES.into_iter().cycle().take(LANES.len() * CONCURRENT).map(lane);
        let _: ((), Vec<()>) = futures::join!(stream, futures::future::join_all(lanes));
    }

    /// Waits after a poll that found nothing, until a row is written, a message is sent, or one
    /// becomes visible.
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

    /// Disables or enables the event sources of the stream.
    pub fn switch_stream(&self, on: bool) {
        self.stream.switch(on);
    }

    /// Deletes every message of the queues, as a failure of SQS would.
    pub async fn purge_lanes(&self) {
        for lane in LANES {
            let purge = self.sqs.purge_queue().queue_url(self.worker().lanes.url(lane));
            // If the queue cannot be reached, its messages are lost as well.
            let _ = purge.send().await;
        }
    }

    /// Drops the records that the stream has not passed on yet.
    pub fn forget_stream(&self) {
        self.stream.forget();
    }

    /// Returns the records that failed too often and went to the failure destination.
    pub fn stream_failures(&self) -> Vec<Value> {
        self.stream.failures()
    }

    /// Puts a record into the stream as if the table had written it.
    pub fn inject_stream_record(&self, record: Value) {
        self.stream.inject(record);
    }
}

/// Passes one batch of a stream to its function and returns its number of records.
async fn follow<R>(stream: &TableStream, consume: impl FnOnce(Value) -> R) -> Result<usize, Error>
where
    R: Future<Output = Result<Value, Error>>,
{
    let _turn = stream.turn.lock().await;
    let Some(batch) = stream.next_batch()? else { return Ok(0) };
    let outcome = AssertUnwindSafe(consume(TableStream::event(&batch)));
    let response = outcome.catch_unwind().await.ok().and_then(Result::ok);
    stream.settle(&batch, response.as_ref());
    Ok(batch.len())
}
