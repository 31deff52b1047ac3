//! The Lambda binary of this domain; `_HANDLER` names the command.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    command::run(compliance::COMMANDS).await
}
