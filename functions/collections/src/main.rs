//! The Lambda binary of this domain; `_HANDLER` selects the operation.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    edge::run(collections::OPERATIONS).await
}
