//! The least that a function with a secret and a table can be: it fetches the secret while it starts, and
//! reads a row for each request with a credential. The start of real functions is measured beside it
//! (docs/performance.md). It is not shipped.

use aws_sdk_dynamodb::types::AttributeValue;
use lambda_http::{Body, Error, Request, Response, run, service_fn};

#[tokio::main(flavor = "current_thread")]
#[expect(clippy::disallowed_methods, reason = "an example without the configuration of a function")]
async fn main() -> Result<(), Error> {
    let aws = runtime::aws_from_env()?;
    let secrets = aws_sdk_secretsmanager::Client::new(&aws);
    secrets.get_secret_value().secret_id(std::env::var("PEPPER_SECRET_ID")?).send().await?;
    let table = &aws_sdk_dynamodb::Client::new(&aws);
    let name = &std::env::var("TABLE_NAME")?;
    run(service_fn(move |request: Request| async move {
        if request.headers().contains_key("authorization") {
            let key = |text: &str| AttributeValue::S(text.to_owned());
            let read = table.get_item().table_name(name);
            read.key("pk", key("HELLO")).key("sk", key("HELLO")).send().await?;
        }
        Ok::<_, Error>(Response::new(Body::Text("hello".to_owned())))
    }))
    .await
}
