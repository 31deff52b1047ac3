//! The Lambda binary of this domain. The two lanes invoke it; `_HANDLER` selects the handler.

use std::sync::Arc;

use dispatch::egress::{HttpEgress, SystemResolver};
use dispatch::{Dispatcher, TokioTimer, send_live, send_retries};
use runtime::{SystemClock, select_by_handler};
use worker::{Worker, run_batches};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let live = *select_by_handler(&["send_live", "send_retries"], |name| name)? == "send_live";
    let worker = Worker::from_env()?;
    let egress = HttpEgress::new(worker.app.config.destination_scope(), Arc::new(SystemResolver));
    let dispatcher =
        Dispatcher::new(worker, Arc::new(egress), Arc::new(TokioTimer), Arc::new(SystemClock));
    let app = &dispatcher.worker().app;
    // The peppers are loaded at the start, so that no delivery waits for them.
    app.signing.peppers(app.clock.now()).await?;
    let dispatcher = &dispatcher;
    run_batches(app, move |batch| async move {
        if live {
            send_live::handle(dispatcher, batch).await
        } else {
            send_retries::handle(dispatcher, batch).await
        }
    })
    .await
}
