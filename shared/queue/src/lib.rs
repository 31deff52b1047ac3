//! The queues: messages to send, and batches to answer. The only crate that uses aws-sdk-sqs.
//!
//! Deliveries have two lanes, so that a slow or failing endpoint delays only other slow endpoints:
//! `live` for first attempts, `retry` for everything else. A message carries the endpoint as its
//! group, and the queue hands out the messages of quiet groups first ("fair queues"). The third
//! queue carries payouts and refunds to the worker that calls their network. The fourth carries
//! statement exports to the worker that writes them. In these two the group is the account. The fifth
//! carries uploaded files from the bucket to the worker that inspects them.
#![warn(missing_docs)]

mod batch;
mod lanes;
mod message;
mod upload_message;

pub use batch::{Batch, BatchItem};
pub use lanes::{Lane, LaneUrls, Lanes, QueuedMessage};
pub use message::{DeliveryMessage, ExportMessage, OrderMessage};
pub use upload_message::UploadMessage;
