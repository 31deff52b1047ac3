//! The Lambda binary of this domain; `_HANDLER` names the command.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    operator::run(operator::COMMANDS).await
}
