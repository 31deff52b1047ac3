//! The start of an HTTP function: read the configuration, find the operation, serve.

use std::convert::Infallible;

use jiff::Timestamp;
use lambda_http::{Error, service_fn};
use runtime::{App, Secrets, select_by_handler};

use crate::operation::Operation;
use crate::serve::serve;
use crate::usage::UsageCounter;

/// Runs one HTTP operation of a domain.
pub async fn run(operations: &'static [Operation]) -> Result<(), Error> {
    let (app, _) = App::from_env()?;
    let operation = select_by_handler(operations, |operation| operation.name)?;
    // Fetched while the function starts and at the same time, so that no request waits for them.
    let now = app.clock.now();
    tokio::try_join!(
        fetch(&app.secrets, app.config.pepper_secret_id.is_some(), now),
        fetch(&app.receipt_signing, app.config.receipt_signing_secret_id.is_some(), now),
    )?;
    let (app, usage) = (&app, &UsageCounter::default());
    lambda_http::run(service_fn(move |request| async move {
        Ok::<_, Infallible>(serve(app, usage, operation, request).await)
    }))
    .await
}

/// Fetches a secret if the function has it.
async fn fetch(secret: &Secrets, is_used: bool, now: Timestamp) -> Result<(), Error> {
    if is_used {
        secret.peppers(now).await?;
    }
    Ok(())
}
