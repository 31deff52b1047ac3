//! From the live lane: first attempts.

use domain::Error;
use queue::Lane;
use serde_json::Value;

use crate::{Dispatcher, lane};

/// Makes the attempts of a batch.
pub async fn handle(dispatcher: &Dispatcher, batch: Value) -> Result<Value, Error> {
    lane::send(dispatcher, Lane::Live, "send_live", batch).await
}
