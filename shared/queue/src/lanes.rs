//! Sends messages, ten at a time.

use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::SendMessageBatchRequestEntry;
use domain::{Error, MESSAGE_DELAY_SECONDS_MAX};

use crate::Message;

/// The most messages SQS takes at once.
const BATCH: usize = 10;

/// Which queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Lane {
    /// First attempts, while the endpoint is quiet and quick.
    Live,
    /// Everything else.
    Retry,
}

/// Where the queues are.
#[derive(Debug, Clone)]
pub struct LaneUrls {
    /// `LIVE_QUEUE_URL`.
    pub live: String,
    /// `RETRY_QUEUE_URL`.
    pub retry: String,
}

/// A message on its way out.
#[derive(Debug, Clone, Copy)]
pub struct Outgoing {
    /// The message.
    pub message: Message,
    /// Which queue.
    pub lane: Lane,
    /// Seconds until it is seen, at most [`MESSAGE_DELAY_SECONDS_MAX`].
    pub delay_seconds: u32,
}

/// The two queues and the client that reaches them. Cheap to clone.
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
        }
    }

    /// Sends all of them. An error says that some may not have been sent; the clock sends what is
    /// missing when its time has come, so nobody has to know which.
    pub async fn send(&self, messages: &[Outgoing]) -> Result<(), Error> {
        for lane in [Lane::Live, Lane::Retry] {
            let of_lane: Vec<_> = messages.iter().filter(|one| one.lane == lane).collect();
            for batch in of_lane.chunks(BATCH) {
                self.send_batch(lane, batch).await?;
            }
        }
        Ok(())
    }

    async fn send_batch(&self, lane: Lane, batch: &[&Outgoing]) -> Result<(), Error> {
        let entries = batch.iter().enumerate().map(|(place, outgoing)| {
            let body = serde_json::to_string(&outgoing.message);
            let delay = outgoing.delay_seconds.min(MESSAGE_DELAY_SECONDS_MAX);
            SendMessageBatchRequestEntry::builder()
                .id(place.to_string())
                .message_body(body.expect("a message has string keys and no floats"))
                .message_group_id(outgoing.message.endpoint_id.to_string())
                .delay_seconds(i32::try_from(delay).unwrap_or(i32::MAX))
                .build()
                .expect("id and body are set")
        });
        let answer = self
            .client
            .send_message_batch()
            .queue_url(self.url(lane))
            .set_entries(Some(entries.collect()))
            .send()
            .await
            .map_err(Error::unavailable)?;
        match answer.failed() {
            [] => Ok(()),
            failed => Err(Error::unavailable(format!("{} messages were not taken", failed.len()))),
        }
    }
}
