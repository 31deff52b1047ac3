//! The Lambda binary of this domain; `_HANDLER` says which command it is.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    operator::run().await
}
