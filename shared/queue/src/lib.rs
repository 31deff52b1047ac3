//! The lanes: messages out, and what came of a batch. The only crate that uses aws-sdk-sqs.
//!
//! Deliveries have two lanes, so that whoever is slow or fails keeps only its like waiting: `live` for
//! first attempts, `retry` for everything else. In each, messages carry the endpoint as their group,
//! and the queue hands out those of quiet groups first ("fair queues"). A third takes payouts and
//! refunds to what speaks to their network, a fourth statements to what writes them; there the group
//! is the account.
#![warn(missing_docs)]

mod batch;
mod lanes;
mod message;

pub use batch::{Batch, BatchItem};
pub use lanes::{Lane, LaneUrls, Lanes, QueuedMessage};
pub use message::{DeliveryMessage, ExportMessage, OrderMessage};
