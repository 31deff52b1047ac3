//! The state that a function without HTTP has for its whole life.

use aws_types::SdkConfig;
use outbox::LaneLimiter;
use queue::{LaneUrls, Lanes};
use runtime::App;

/// The state of a function, with the queues.
pub struct Worker {
    /// Table, secrets, clock and log.
    pub app: App,
    /// The queues.
    pub lanes: Lanes,
    /// Chooses the lane of first attempts.
    pub lane_limiter: LaneLimiter,
}

/// All variables that are missing.
#[derive(Debug, thiserror::Error)]
#[error("environment: {} not set", .0.join(" and "))]
struct MissingVariables(Vec<&'static str>);

impl Worker {
    /// Builds the state on these AWS settings.
    pub fn with(app: App, aws: &SdkConfig, urls: LaneUrls) -> Self {
        let lanes = Lanes::new(aws_sdk_sqs::Client::new(aws), urls);
        Self { app, lanes, lane_limiter: LaneLimiter::default() }
    }

    /// Builds the state from the environment.
    pub fn from_env() -> Result<Self, lambda_runtime::Error> {
        Ok(Self::from_env_on()?.0)
    }

    /// Builds the state from the environment. Also returns the AWS settings.
    pub fn from_env_on() -> Result<(Self, SdkConfig), lambda_runtime::Error> {
        let urls = urls_from_env()?;
        let (app, aws) = App::from_env()?;
        Ok((Self::with(app, &aws, urls), aws))
    }
}

#[expect(clippy::disallowed_methods, reason = "the URLs of the queues, read once at the start")]
fn urls_from_env() -> Result<LaneUrls, MissingVariables> {
    let mut missing = Vec::new();
    let mut required = |name| {
        let value = std::env::var(name).ok().filter(|value| !value.is_empty());
        value.unwrap_or_else(|| {
            missing.push(name);
            String::new()
        })
    };
    let urls = LaneUrls {
        live: required("LIVE_QUEUE_URL"),
        retry: required("RETRY_QUEUE_URL"),
        orders: required("ORDERS_QUEUE_URL"),
        exports: required("EXPORTS_QUEUE_URL"),
        uploads: required("UPLOADS_QUEUE_URL"),
    };
    if missing.is_empty() { Ok(urls) } else { Err(MissingVariables(missing)) }
}
