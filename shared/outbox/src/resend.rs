//! Resends the messages of due deliveries. First the row says when the scheduler checks it again,
//! then the message goes out. Of two schedulers at the same time one wins the row, and only that
//! one sends.

use domain::kernel::{Error, Moment};
use domain::webhook::Delivery;
use futures::{StreamExt, stream};
use queue::{DeliveryMessage, Lane, Lanes, QueuedMessage};
use store::Store;

/// Rows written at the same time.
const CONCURRENT: usize = 16;

/// Sends a message for each delivery that needs one; returns their number.
pub async fn resend(
    store: &Store,
    lanes: &Lanes,
    deliveries: Vec<Delivery>,
    moment: &Moment,
) -> Result<u64, Error> {
    let work: Vec<_> = deliveries.into_iter().map(|one| claim_resend(store, one, moment)).collect();
    let claimed: Vec<_> = stream::iter(work).buffer_unordered(CONCURRENT).collect().await;
    let mut messages = Vec::new();
    let mut failure = None;
    for claimed in claimed {
        match claimed {
            Ok(message) => messages.extend(message),
            Err(error) => failure = Some(error),
        }
    }
    // The rows that were written rely on their messages, even if others failed.
    lanes.send(&messages).await?;
    match failure {
        None => Ok(u64::try_from(messages.len()).unwrap_or(u64::MAX)),
        Some(error) => Err(error),
    }
}

/// Writes that a message goes out. Returns the message if this caller must send it.
async fn claim_resend(
    store: &Store,
    mut delivery: Delivery,
    moment: &Moment,
) -> Result<Option<QueuedMessage>, Error> {
    // The worker that holds the lease handles the delivery itself.
    if delivery.lease.is_held(moment.now) {
        return Ok(None);
    }
    let Some(delay_seconds) = delivery.resend(moment.now) else { return Ok(None) };
    let message = DeliveryMessage::from(&delivery);
    match store.replace(&delivery).await {
        Ok(()) => Ok(Some(QueuedMessage { message, lane: Lane::Retry, delay_seconds })),
        // Another worker changed the delivery at the same time.
        Err(Error::Stale) => Ok(None),
        Err(error) => Err(error),
    }
}
