//! The Lambda binary of this domain, fed by the table's stream.

use worker::{Worker, run_batches};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let worker = Worker::from_env().await?;
    let worker = &worker;
    let consume = move |batch| async move { relay::publish_events(worker, batch).await };
    run_batches(&worker.app, consume).await
}
