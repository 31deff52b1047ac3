//! The Lambda binary of this domain, fed by the queue of payouts and refunds.

use network::{OrderWorker, submit_orders};
use worker::{Worker, run_batches};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let worker = Worker::from_env().await?;
    let rails = providers::rails(worker.app.config.stage).require_provider()?;
    let worker = &OrderWorker::new(worker, rails);
    run_batches(worker.app(), move |batch| submit_orders::handle(worker, batch)).await
}
