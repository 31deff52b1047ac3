//! The Lambda binary of this domain; `_HANDLER` says which operation it is.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    worker::run_jobs(scheduler::JOBS).await
}
