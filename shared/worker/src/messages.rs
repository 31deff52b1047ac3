//! A batch of a queue: the messages are handled at the same time, each alone.

use std::panic::AssertUnwindSafe;

use domain::kernel::Error;
use futures::FutureExt;
use futures::future::join_all;
use queue::{Batch, BatchItem};
use runtime::App;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::batch_line;

/// Does the work for each message of a batch, and returns which messages the queue must deliver again.
/// A message that fails or panics does not affect the others.
pub async fn each_message<M, W, R>(
    app: &App,
    consumer: &str,
    batch: Value,
    work: W,
) -> Result<Value, Error>
where
    M: DeserializeOwned,
    W: Fn(M) -> R,
    R: Future<Output = Result<(), Error>>,
{
    let work = &work;
    let messages = Batch::read::<M>(batch)?;
    let count = messages.len();
    let all = messages.into_iter().map(|BatchItem { message_id, message }| async move {
        let outcome = match message {
            Ok(message) => AssertUnwindSafe(work(message))
                .catch_unwind()
                .await
                .unwrap_or_else(|_| Err(Error::internal("the work on a message panicked"))),
            Err(error) => Err(error),
        };
        outcome.err().map(|error| {
            app.warn(&format!("message {message_id} failed; the queue delivers it again"), &error);
            message_id
        })
    });
    let failed: Vec<_> = join_all(all).await.into_iter().flatten().collect();
    batch_line(app, consumer, count, failed.len());
    Ok(Batch::response(failed))
}
