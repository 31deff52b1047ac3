//! The Lambda binary of this domain, fed by the queue of payouts and refunds.

use remit::{Remitter, submit_payouts};
use worker::{Worker, run_batches};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let worker = Worker::from_env().await?;
    let network = rails::network(worker.app.config.stage)?;
    let remitter = Remitter::new(worker, network);
    let remitter = &remitter;
    run_batches(remitter.app(), move |batch| submit_payouts::handle(remitter, batch)).await
}
