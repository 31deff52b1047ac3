//! What such a function has for its whole life.

use aws_config::SdkConfig;
use outbox::LaneLimiter;
use queue::{LaneUrls, Lanes};
use runtime::App;

/// A function's life with what sends messages.
pub struct Worker {
    /// Table, secrets, clock, log.
    pub app: App,
    /// The queues.
    pub lanes: Lanes,
    /// Which lane first attempts take.
    pub lane_limiter: LaneLimiter,
}

/// The variables that are missing, all at once.
#[derive(Debug, thiserror::Error)]
#[error("environment: {} not set", .0.join(" and "))]
struct Missing(Vec<&'static str>);

impl Worker {
    /// The life on these AWS settings.
    pub fn with(app: App, aws: &SdkConfig, urls: LaneUrls) -> Self {
        let lanes = Lanes::new(aws_sdk_sqs::Client::new(aws), urls);
        Self { app, lanes, lane_limiter: LaneLimiter::default() }
    }

    /// The life, from the environment.
    pub async fn from_env() -> Result<Self, lambda_runtime::Error> {
        Ok(Self::from_env_on().await?.0)
    }

    /// The same, and the AWS settings it was built on.
    pub async fn from_env_on() -> Result<(Self, SdkConfig), lambda_runtime::Error> {
        let urls = urls_from_env()?;
        let (app, aws) = App::from_env().await?;
        Ok((Self::with(app, &aws, urls), aws))
    }
}

#[expect(clippy::disallowed_methods, reason = "where the queues are, read once at the start")]
fn urls_from_env() -> Result<LaneUrls, Missing> {
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
    };
    if missing.is_empty() { Ok(urls) } else { Err(Missing(missing)) }
}
