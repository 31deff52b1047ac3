//! The start of an HTTP function: read the configuration, find the operation, serve.

use std::convert::Infallible;

use lambda_http::{Error, service_fn};
use runtime::{App, select_by_handler};

use crate::operation::Operation;
use crate::serve::serve;
use crate::usage::UsageCounter;

/// Runs one HTTP operation of a domain.
pub async fn run(operations: &'static [Operation]) -> Result<(), Error> {
    let operation = select_by_handler(operations, |operation| operation.name)?;
    let (app, _) = App::from_env().await?;
    // Fetched while the function starts, so that no request waits for it.
    if app.config.pepper_secret_id.is_some() {
        app.secrets.peppers(app.clock.now()).await?;
    }
    let (app, usage) = (&app, &UsageCounter::default());
    lambda_http::run(service_fn(move |request| async move {
        Ok::<_, Infallible>(serve(app, usage, operation, request).await)
    }))
    .await
}
