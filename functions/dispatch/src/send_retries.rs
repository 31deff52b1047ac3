//! From the retry lane: every attempt after the first, and first ones of endpoints that are slow,
//! fail, or have a burst of events.

use domain::Error;
use queue::Lane;
use serde_json::Value;

use crate::{Dispatcher, lane};

/// Makes the attempts of a batch.
pub async fn handle(dispatcher: &Dispatcher, batch: Value) -> Result<Value, Error> {
    lane::send(dispatcher, Lane::Retry, "send_retries", batch).await
}
