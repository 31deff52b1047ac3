//! From the live lane: makes first attempts.

use domain::kernel::Error;
use queue::Lane;
use serde_json::Value;
use worker::each_message;

use crate::Dispatcher;
use crate::attempt::attempt;

/// Makes the attempts of a batch.
pub async fn handle(dispatcher: &Dispatcher, batch: Value) -> Result<Value, Error> {
    each_message(&dispatcher.worker.app, "send_live", batch, |message| {
        attempt(dispatcher, Lane::Live, message)
    })
    .await
}
