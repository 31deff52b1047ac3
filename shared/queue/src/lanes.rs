//! Sends messages, ten at a time.

use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::SendMessageBatchRequestEntry;
use aws_sdk_sqs::types::builders::SendMessageBatchRequestEntryBuilder;
use domain::kernel::Error;
use domain::webhook::MESSAGE_DELAY_SECONDS_MAX;
use serde::Serialize;

use crate::{DeliveryMessage, ExportMessage, OrderMessage};

/// The most messages SQS takes at once.
const BATCH: usize = 10;

/// Which queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Lane {
    /// First attempts, while the endpoint is quiet and quick.
    Live,
    /// Everything else.
    Retry,
    /// Payouts and refunds whose network is to be spoken to.
    Orders,
    /// Statements to be written.
    Exports,
}

/// Where the queues are.
#[derive(Debug, Clone)]
pub struct LaneUrls {
    /// `LIVE_QUEUE_URL`.
    pub live: String,
    /// `RETRY_QUEUE_URL`.
    pub retry: String,
    /// `ORDERS_QUEUE_URL`.
    pub orders: String,
    /// `EXPORTS_QUEUE_URL`.
    pub exports: String,
}

/// A message on its way out.
#[derive(Debug, Clone, Copy)]
pub struct QueuedMessage {
    /// The message.
    pub message: DeliveryMessage,
    /// Which queue.
    pub lane: Lane,
    /// Seconds until it is seen, at most [`MESSAGE_DELAY_SECONDS_MAX`].
    pub delay_seconds: u32,
}

/// The queues and the client that reaches them. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Lanes {
    client: Client,
    urls: LaneUrls,
}

impl Lanes {
    /// The queues at these addresses.
    pub fn new(client: Client, urls: LaneUrls) -> Self {
        Self { client, urls }
    }

    /// The address of a lane's queue.
    pub fn url(&self, lane: Lane) -> &str {
        match lane {
            Lane::Live => &self.urls.live,
            Lane::Retry => &self.urls.retry,
            Lane::Orders => &self.urls.orders,
            Lane::Exports => &self.urls.exports,
        }
    }

    /// Sends all of them. An error says that some may not have been sent; the clock sends what is
    /// missing when its time has come, so nobody has to know which.
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

    /// Sends a message for each payout or refund; an error means what it means to [`Lanes::send`].
    pub async fn send_orders(&self, messages: &[OrderMessage]) -> Result<(), Error> {
        let entries = messages.iter().map(|message| entry(message, message.account_id));
        self.send_all(Lane::Orders, entries.collect()).await
    }

    /// Sends a message for each export; an error means what it means to [`Lanes::send`].
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
                    return Err(Error::unavailable(format!("{count} messages were not taken")));
                }
            }
        }
        Ok(())
    }
}

/// A message; those of one group do not hold up the others.
fn entry(message: &impl Serialize, group: impl ToString) -> SendMessageBatchRequestEntryBuilder {
    let body = serde_json::to_string(message).expect("a message has string keys and no floats");
    SendMessageBatchRequestEntry::builder().message_body(body).message_group_id(group.to_string())
}
