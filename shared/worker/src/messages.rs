//! A batch of a queue: every message on its own, at the same time.

use std::panic::AssertUnwindSafe;

use domain::kernel::Error;
use futures::FutureExt;
use futures::future::join_all;
use queue::{Batch, BatchItem};
use runtime::App;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::batch_line;

/// Does the work of each message of a batch; answers which messages come again. One that fails, or
/// panics, does not touch the others.
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
            app.warn(&format!("message {message_id} comes again"), &error);
            message_id
        })
    });
    let failed: Vec<_> = join_all(all).await.into_iter().flatten().collect();
    batch_line(app, consumer, count, failed.len());
    Ok(Batch::answer(failed))
}
