//! A batch of a lane: every message on its own, at the same time.

use std::panic::AssertUnwindSafe;

use domain::Error;
use futures::FutureExt;
use futures::future::join_all;
use queue::{Batch, Lane, Received};
use serde_json::Value;
use worker::batch_line;

use crate::Dispatcher;
use crate::attempt::attempt;

/// Makes the attempts of a batch; answers which messages come again. One that fails, or panics, does
/// not touch the others.
pub(crate) async fn send(
    dispatcher: &Dispatcher,
    lane: Lane,
    name: &str,
    batch: Value,
) -> Result<Value, Error> {
    let messages = Batch::read(batch)?;
    let count = messages.len();
    let work = messages.into_iter().map(|Received { message_id, message }| async move {
        let outcome = match message {
            Ok(message) => AssertUnwindSafe(attempt(dispatcher, lane, message))
                .catch_unwind()
                .await
                .unwrap_or_else(|_| Err(Error::internal("the attempt panicked"))),
            Err(error) => Err(error),
        };
        outcome.err().map(|error| {
            dispatcher.worker.app.warn(&format!("message {message_id} comes again"), &error);
            message_id
        })
    });
    let failed: Vec<_> = join_all(work).await.into_iter().flatten().collect();
    batch_line(&dispatcher.worker.app, name, count, failed.len());
    Ok(Batch::answer(failed))
}
