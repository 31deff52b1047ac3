//! Sends messages, ten at a time.

use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::SendMessageBatchRequestEntry;
use aws_sdk_sqs::types::builders::SendMessageBatchRequestEntryBuilder;
use domain::kernel::Error;
use domain::webhook::MESSAGE_DELAY_SECONDS_MAX;
use serde::Serialize;

use crate::{DeliveryMessage, ExportMessage, OrderMessage};

/// Maximum number of messages of one request to SQS.
const BATCH: usize = 10;

/// A queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Lane {
    /// First attempts of deliveries, while the endpoint is not slow and does not fail.
    Live,
    /// All other attempts of deliveries.
    Retry,
    /// Payouts and refunds that have a network action to do.
    Orders,
    /// Statement exports that are not written yet.
    Exports,
    /// Files that customers uploaded. The bucket sends these messages, and no function does.
    Uploads,
}

impl Lane {
    /// Returns the most messages of a batch. A run holds its place until the slowest attempt of its batch
    /// ends, so a smaller batch of retries lets a place become free sooner. A run of the exports or uploads works one
    /// file, with the memory and the time of the function.
    pub const fn batch_max(self) -> u8 {
        match self {
            Self::Live | Self::Orders => 10,
            Self::Retry => 5,
            Self::Exports | Self::Uploads => 1,
        }
    }
}

/// The addresses of the queues.
#[derive(Debug, Clone)]
pub struct LaneUrls {
    /// Value of `LIVE_QUEUE_URL`.
    pub live: String,
    /// Value of `RETRY_QUEUE_URL`.
    pub retry: String,
    /// Value of `ORDERS_QUEUE_URL`.
    pub orders: String,
    /// Value of `EXPORTS_QUEUE_URL`.
    pub exports: String,
    /// Value of `UPLOADS_QUEUE_URL`.
    pub uploads: String,
}

/// A delivery message with its queue and its delay.
#[derive(Debug, Clone, Copy)]
pub struct QueuedMessage {
    /// Content of the message.
    pub message: DeliveryMessage,
    /// Queue of the message.
    pub lane: Lane,
    /// Seconds until a worker sees the message, at most [`MESSAGE_DELAY_SECONDS_MAX`].
    pub delay_seconds: u32,
}

/// The queues and the client for them. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Lanes {
    client: Client,
    urls: LaneUrls,
}

impl Lanes {
    /// Returns the queues at these addresses.
    pub fn new(client: Client, urls: LaneUrls) -> Self {
        Self { client, urls }
    }

    /// Returns the address of a queue.
    pub fn url(&self, lane: Lane) -> &str {
        match lane {
            Lane::Live => &self.urls.live,
            Lane::Retry => &self.urls.retry,
            Lane::Orders => &self.urls.orders,
            Lane::Exports => &self.urls.exports,
            Lane::Uploads => &self.urls.uploads,
        }
    }

    /// Sends all messages.
    ///
    /// # Errors
    /// Some messages may not have been sent. The caller does not need to know which, because the
    /// scheduler resends them.
    pub async fn send(&self, messages: &[QueuedMessage]) -> Result<(), Error> {
        for lane in [Lane::Live, Lane::Retry] {
            let of_lane = messages.iter().filter(|one| one.lane == lane);
            let entries = of_lane.map(|queued| {
                let delay = queued.delay_seconds.min(MESSAGE_DELAY_SECONDS_MAX);
                entry(&queued.message, queued.message.endpoint_id)
                    .delay_seconds(i32::try_from(delay).unwrap_or(i32::MAX))
            });
            self.send_all(lane, entries.collect()).await?;
        }
        Ok(())
    }

    /// Sends a message for each payout or refund. An error means the same as in [`Lanes::send`].
    pub async fn send_orders(&self, messages: &[OrderMessage]) -> Result<(), Error> {
        let entries = messages.iter().map(|message| entry(message, message.account_id));
        self.send_all(Lane::Orders, entries.collect()).await
    }

    /// Sends a message for each export. An error means the same as in [`Lanes::send`].
    pub async fn send_exports(&self, messages: &[ExportMessage]) -> Result<(), Error> {
        let entries = messages.iter().map(|message| entry(message, message.account_id));
        self.send_all(Lane::Exports, entries.collect()).await
    }

    async fn send_all(
        &self,
        lane: Lane,
        entries: Vec<SendMessageBatchRequestEntryBuilder>,
    ) -> Result<(), Error> {
        let url = self.url(lane);
        for batch in entries.chunks(BATCH) {
            let named = batch.iter().enumerate().map(|(index, entry)| {
                entry.clone().id(index.to_string()).build().expect("id and body are set")
            });
            let request = self.client.send_message_batch().queue_url(url);
            let sent = request.set_entries(Some(named.collect())).send().await;
            match sent.map_err(Error::unavailable)?.failed() {
                [] => {}
                failed => {
                    let count = failed.len();
                    return Err(Error::unavailable(format!(
                        "the queue did not accept {count} messages"
                    )));
                }
            }
        }
        Ok(())
    }
}

/// Returns a message of a group. A busy group does not delay the others.
fn entry(message: &impl Serialize, group: impl ToString) -> SendMessageBatchRequestEntryBuilder {
    let body = serde_json::to_string(message).expect("a message has string keys and no floats");
    SendMessageBatchRequestEntry::builder().message_body(body).message_group_id(group.to_string())
}
