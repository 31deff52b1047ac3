//! The Lambda binary of this domain. Its trigger is the queue of orders.

use network::{OrderWorker, submit_orders};
use worker::{Worker, run_batches};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let worker = Worker::from_env()?;
    let rails = providers::rails(worker.app.config.stage).require_provider()?;
    let worker = &OrderWorker::new(worker, rails);
    run_batches(worker.app(), move |batch| submit_orders::handle(worker, batch)).await
}
