//! From the retry lane: makes every attempt after the first, and first attempts to endpoints that
//! are slow, fail, or are unknown and have a burst of events.

use domain::kernel::Error;
use queue::Lane;
use serde_json::Value;
use worker::each_message;

use crate::Dispatcher;
use crate::attempt::attempt;

/// Makes the attempts of a batch.
pub async fn handle(dispatcher: &Dispatcher, batch: Value) -> Result<Value, Error> {
    each_message(&dispatcher.worker.app, "send_retries", batch, |message| {
        attempt(dispatcher, Lane::Retry, message)
    })
    .await
}
