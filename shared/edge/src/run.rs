//! A Lambda function's start: read the set-up, build the clients, find the operation, serve.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use aws_config::{BehaviorVersion, ConfigLoader, SdkConfig};
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use files::Links;
use lambda_http::{Error, service_fn};
use store::Store;

use crate::app::{PEPPER, SIGNING};
use crate::{App, Config, Operation, Secrets, StdoutLog, SystemClock, SystemEntropy, serve};

/// Longest wait for a connection. Inside a region it takes a few milliseconds.
const CONNECT_TIMEOUT: Duration = Duration::from_millis(1_000);
/// Longest wait for one answer. A transaction takes 10 to 20 ms.
const ATTEMPT_TIMEOUT: Duration = Duration::from_millis(3_000);
/// Longest wait for a request with all its attempts.
const OPERATION_TIMEOUT: Duration = Duration::from_millis(8_000);
/// Attempts of one request, with [`RETRY_BACKOFF`] doubling in between.
const ATTEMPTS_MAX: u32 = 3;
const RETRY_BACKOFF: Duration = Duration::from_millis(25);

/// What every client of AWS is set to: short waits, because somebody waits for us.
pub fn aws_settings() -> ConfigLoader {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .operation_attempt_timeout(ATTEMPT_TIMEOUT)
        .operation_timeout(OPERATION_TIMEOUT)
        .build();
    let retries =
        RetryConfig::standard().with_max_attempts(ATTEMPTS_MAX).with_initial_backoff(RETRY_BACKOFF);
    aws_config::defaults(BehaviorVersion::latest()).timeout_config(timeouts).retry_config(retries)
}

impl App {
    /// The function's life, from the environment, and the AWS settings it was built on.
    pub async fn from_env() -> Result<(Self, SdkConfig), Error> {
        let config = Config::from_env()?;
        let aws = aws_settings().load().await;
        let app = Self::on(&aws, config);
        Ok((app, aws))
    }

    fn on(aws: &SdkConfig, config: Config) -> Self {
        let log = Arc::new(StdoutLog(config.log_level));
        Self::with(aws, config, Arc::new(SystemClock), Arc::new(SystemEntropy), log)
    }

    /// The function's life on these AWS settings, with this clock, randomness and log.
    pub fn with(
        aws: &SdkConfig,
        config: Config,
        clock: Arc<dyn crate::Clock>,
        entropy: Arc<dyn domain::kernel::Entropy>,
        log: Arc<dyn crate::Log>,
    ) -> Self {
        let links = config.files_bucket.as_deref().map(|bucket| Links::new(aws, bucket));
        let table = aws_sdk_dynamodb::config::Builder::from(aws);
        let store = Store::new(table, &config.table, &config.deliveries_table);
        let client = aws_sdk_secretsmanager::Client::new(aws);
        let signing = Secrets::new(client.clone(), SIGNING, config.signing_secret_id.clone());
        let secrets = Secrets::new(client, PEPPER, config.pepper_secret_id.clone());
        let app = Self::new(config, store, secrets, signing, clock, entropy, log);
        Self { links, ..app }
    }
}

/// The name behind the dot of `_HANDLER`: `payin.create_charge` is `create_charge`.
#[expect(clippy::disallowed_methods, reason = "Lambda says which operation this function is")]
fn handler() -> String {
    let handler = std::env::var("_HANDLER").unwrap_or_default();
    handler.rsplit('.').next().unwrap_or_default().to_owned()
}

/// The row that `_HANDLER` names. An unknown one fails here, not at the first request.
pub fn chosen<T>(rows: &'static [T], name: fn(&T) -> &'static str) -> Result<&'static T, Error> {
    let handler = handler();
    rows.iter().find(|row| name(row) == handler).ok_or_else(|| {
        let known: Vec<_> = rows.iter().map(name).collect();
        format!("_HANDLER names {handler:?}; this binary knows {}", known.join(", ")).into()
    })
}

/// Runs one HTTP operation of a domain.
pub async fn run(operations: &'static [Operation]) -> Result<(), Error> {
    let operation = chosen(operations, |operation| operation.name)?;
    let (app, _) = App::from_env().await?;
    // Fetched while the function starts, so that no request waits for it.
    if app.config.pepper_secret_id.is_some() {
        app.secrets.peppers(app.clock.now()).await?;
    }
    let app = &app;
    lambda_http::run(service_fn(move |request| async move {
        Ok::<_, Infallible>(serve(app, operation, request).await)
    }))
    .await
}
