//! The Lambda binary of this domain; `_HANDLER` names the operation.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    edge::run(kyc::OPERATIONS).await
}
