//! The Lambda binary of this domain. The queue of exports invokes it.

use export::{Exporter, write_statements};
use files::Uploads;
use worker::{Worker, run_batches};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let (worker, aws) = Worker::from_env_on()?;
    let bucket =
        worker.app.config.files_bucket.clone().ok_or("environment: FILES_BUCKET is not set")?;
    let uploads = Uploads::new(&aws, &bucket);
    let exporter = &Exporter::new(worker, uploads);
    run_batches(exporter.app(), move |batch| write_statements::handle(exporter, batch)).await
}
