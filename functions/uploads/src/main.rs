//! The Lambda binary of this domain. The queue of uploads invokes it.

use files::FileContents;
use uploads::{Inspector, inspect_uploads};
use worker::{Worker, run_batches};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let (worker, aws) = Worker::from_env_on()?;
    let bucket =
        worker.app.config.files_bucket.clone().ok_or("environment: FILES_BUCKET is not set")?;
    let inspector = &Inspector::new(worker, FileContents::new(&aws, &bucket));
    run_batches(inspector.app(), move |batch| inspect_uploads::handle(inspector, batch)).await
}
