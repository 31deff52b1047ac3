//! The Lambda binary of this domain; `_HANDLER` selects the job.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    worker::run_jobs(scheduler::JOBS).await
}
