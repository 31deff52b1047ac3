//! The Lambda binary of this domain. The stream of the table invokes it; `_HANDLER` selects the
//! handler.

use relay::{publish_events, queue_work};
use runtime::select_by_handler;
use worker::{Worker, run_batches};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let events =
        *select_by_handler(&["publish_events", "queue_work"], |name| name)? == "publish_events";
    let worker = Worker::from_env().await?;
    let worker = &worker;
    run_batches(&worker.app, move |batch| async move {
        if events {
            publish_events::handle(worker, batch).await
        } else {
            queue_work::handle(worker, batch).await
        }
    })
    .await
}
