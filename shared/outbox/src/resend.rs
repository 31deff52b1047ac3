//! Looks after deliveries whose time has come: the row says when the clock looks again, then the
//! message goes out. Of two at once one wins the row, and only that one sends.

use domain::kernel::{Error, Moment};
use domain::webhook::Delivery;
use futures::{StreamExt, stream};
use queue::{DeliveryMessage, Lane, Lanes, QueuedMessage};
use store::Store;

/// Rows written at once.
const CONCURRENT: usize = 16;

/// Sends a message for each of these deliveries that waits for one; says how many.
pub async fn resend(
    store: &Store,
    lanes: &Lanes,
    deliveries: Vec<Delivery>,
    moment: &Moment,
) -> Result<u64, Error> {
    let work: Vec<_> = deliveries.into_iter().map(|one| take(store, one, moment)).collect();
    let taken: Vec<_> = stream::iter(work).buffer_unordered(CONCURRENT).collect().await;
    let mut messages = Vec::new();
    let mut failure = None;
    for taken in taken {
        match taken {
            Ok(message) => messages.extend(message),
            Err(error) => failure = Some(error),
        }
    }
    // The rows that were written count on their messages, whatever became of the others.
    lanes.send(&messages).await?;
    match failure {
        None => Ok(u64::try_from(messages.len()).unwrap_or(u64::MAX)),
        Some(error) => Err(error),
    }
}

/// Writes down that a message goes out; the message, if this is the one who sends it.
async fn take(
    store: &Store,
    mut delivery: Delivery,
    moment: &Moment,
) -> Result<Option<QueuedMessage>, Error> {
    // A worker that is at it looks after it itself.
    if delivery.lease.is_held(moment.now) {
        return Ok(None);
    }
    let Some(delay_seconds) = delivery.resend(moment.now) else { return Ok(None) };
    let message = DeliveryMessage::from(&delivery);
    match store.replace(&delivery).await {
        Ok(()) => Ok(Some(QueuedMessage { message, lane: Lane::Retry, delay_seconds })),
        // Somebody else moved it on at this moment.
        Err(Error::Stale) => Ok(None),
        Err(error) => Err(error),
    }
}
