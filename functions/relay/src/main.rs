//! The Lambda binary of this domain. The stream of the table invokes it.

use relay::relay_changes;
use runtime::select_by_handler;
use worker::{Worker, run_batches};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    select_by_handler(&["relay_changes"], |name| name)?;
    let worker = Worker::from_env()?;
    let worker = &worker;
    run_batches(&worker.app, move |batch| relay_changes::handle(worker, batch)).await
}
