//! What a function has for its whole life: built once at init, passed down by reference.

use std::env;
use std::io::Write;
use std::sync::Arc;

use domain::account::Stage;
use domain::kernel::{Entropy, Moment};
use files::Links;
use gate::DestinationScope;
use jiff::Timestamp;
use rails::Rails;
use serde_json::Value;
use store::Store;

use crate::log::{Level, Metric};
use crate::secrets::Secrets;
use crate::usage::UsageCounter;

/// Tells the time. The only other clock is the tests' own.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Debug)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// The operating system's random source.
#[derive(Debug)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the operating system has random bytes");
    }
}

/// Takes one line per request. On AWS it is standard output, which CloudWatch collects.
pub trait Log: Send + Sync {
    /// Writes a line.
    fn line(&self, line: &Value);
}

/// Standard output, one JSON object a line; lines below a level are dropped.
#[derive(Debug)]
pub struct StdoutLog(pub Level);

impl Log for StdoutLog {
    fn line(&self, line: &Value) {
        if !self.0.takes(line) {
            return;
        }
        // Nobody can be told that the log is gone.
        let _ = writeln!(std::io::stdout().lock(), "{line}");
    }
}

/// How a deployment is set up.
#[derive(Debug, Clone)]
pub struct Config {
    /// `TABLE_NAME`: the table.
    pub table: String,
    /// `DELIVERIES_TABLE_NAME`: the table of deliveries.
    pub deliveries_table: String,
    /// `PEPPER_SECRET_ID`: name or ARN of the secret with the pepper. Only functions that use it are
    /// given it.
    pub pepper_secret_id: Option<String>,
    /// `SIGNING_SECRET_ID`: name or ARN of the secret that signing secrets are sealed under. Apart from
    /// the pepper, because the function that posts to customers needs the one and not the other. Only
    /// functions that use it are given it.
    pub signing_secret_id: Option<String>,
    /// `FILES_BUCKET`: the bucket of files. Only functions that use it are given it.
    pub files_bucket: Option<String>,
    /// `STAGE`: `sandbox` or `live`.
    pub stage: Stage,
    /// `LOG_LEVEL`: `info`, `warn` or `error`; `info` when not set. Lines below it are not written.
    pub log_level: Level,
    /// `PUBLIC_URL`: `https://` and the host callers use; the gateway's own host when not set.
    pub public_url: Option<String>,
    /// Whether the session cookie goes without `Secure`: only the local bundle sets it, because
    /// browsers refuse a secure cookie on http.
    pub plain_cookie: bool,
    /// Whether webhooks may go to loopback and over http: only the local bundle sets it, and builds
    /// with the feature of this name, which are for a local stack.
    pub loopback_receivers: bool,
}

/// The variable that names the pepper's secret.
pub(crate) const PEPPER: &str = "PEPPER_SECRET_ID";
/// The variable that names the secret behind signing secrets.
pub(crate) const SIGNING: &str = "SIGNING_SECRET_ID";

/// The variable that names the bucket of files.
pub(crate) const FILES: &str = "FILES_BUCKET";

/// The variables that are missing or malformed, all of them at once.
#[derive(Debug, thiserror::Error)]
#[error("environment: {}", .0.join("; "))]
pub struct ConfigError(Vec<String>);

impl Config {
    /// Reads the environment.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that reads the environment"
    )]
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::read(|name| env::var(name).ok().filter(|value| !value.is_empty()))
    }

    /// How far webhooks reach.
    pub fn destination_scope(&self) -> DestinationScope {
        if self.loopback_receivers { DestinationScope::Loopback } else { DestinationScope::Public }
    }

    fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let mut wrong = Vec::new();
        let mut required = |name: &str| {
            variable(name).unwrap_or_else(|| {
                wrong.push(format!("{name} is not set"));
                String::new()
            })
        };
        let table = required("TABLE_NAME");
        let deliveries_table = required("DELIVERIES_TABLE_NAME");
        let (pepper_secret_id, signing_secret_id) = (variable(PEPPER), variable(SIGNING));
        let files_bucket = variable(FILES);
        let stage = required("STAGE");
        let stage = Stage::parse(&stage);
        if stage.is_none() {
            wrong.push("STAGE is neither sandbox nor live".to_owned());
        }
        let log_level = variable("LOG_LEVEL");
        let log_level = log_level.as_deref().map_or(Some(Level::Info), Level::parse);
        if log_level.is_none() {
            wrong.push("LOG_LEVEL is none of info, warn and error".to_owned());
        }
        let public_url = variable("PUBLIC_URL");
        wrong.extend(public_url.as_deref().and_then(public_url_flaw));
        match (stage, log_level) {
            (Some(stage), Some(log_level)) if wrong.is_empty() => {
                let plain_cookie = false;
                let loopback_receivers = cfg!(feature = "loopback-receivers");
                Ok(Self {
                    table,
                    deliveries_table,
                    pepper_secret_id,
                    signing_secret_id,
                    files_bucket,
                    stage,
                    log_level,
                    public_url,
                    plain_cookie,
                    loopback_receivers,
                })
            }
            _ => Err(ConfigError(wrong)),
        }
    }
}

/// The longest host: a PIX location is `host/pix/<26 characters>` in 77 characters (BCB, API Pix).
const HOST_LENGTH_MAX: usize = 46;

fn public_url_flaw(url: &str) -> Option<String> {
    let host = url.strip_prefix("https://").unwrap_or_default();
    let good = (1..=HOST_LENGTH_MAX).contains(&host.len()) && !host.contains(['/', '?', '#', '@']);
    (!good).then(|| {
        format!("PUBLIC_URL is not https:// and a host of 1 to {HOST_LENGTH_MAX} characters, without a path")
    })
}

/// A function's life.
pub struct App {
    /// The table.
    pub store: Store,
    /// The pepper.
    pub secrets: Arc<Secrets>,
    /// What signing secrets are sealed under. Fetched by those who use it, and by nobody else.
    pub signing: Arc<Secrets>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// The set-up.
    pub config: Config,
    /// The payment rails, without the power to submit orders: no operation can pay.
    pub rails: Rails,
    /// What makes links to files, where the function is given the bucket. Nothing that writes one is
    /// given to operations.
    pub links: Option<Links>,
    /// One line per request.
    pub log: Arc<dyn Log>,
    pub(crate) usage: UsageCounter,
}

impl App {
    /// Puts the parts together.
    pub fn new(
        config: Config,
        store: Store,
        secrets: Secrets,
        signing: Secrets,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        log: Arc<dyn Log>,
    ) -> Self {
        let (secrets, signing) = (Arc::new(secrets), Arc::new(signing));
        let usage = UsageCounter::default();
        let rails = providers::rails(config.stage).without_orders();
        let links = None;
        Self { store, secrets, signing, clock, entropy, config, rails, links, log, usage }
    }

    /// Logs something that went wrong without ending the work.
    pub fn warn(&self, message: &str, error: &domain::kernel::Error) {
        crate::log::trouble(self, Level::Warn, message, error);
    }

    /// Logs what ended the work of a function that nobody is answered by.
    pub fn fail(&self, message: &str, error: &domain::kernel::Error) {
        crate::log::trouble(self, Level::Error, message, error);
    }

    /// A line whose numbers become metrics by stage and `by`, a field and its value.
    pub fn measured(&self, level: Level, by: (&str, &str), metrics: &[Metric]) -> Value {
        crate::log::measured(self, level, by, metrics)
    }

    /// This instant, for one request.
    pub fn moment(&self) -> Moment {
        Moment::new(self.clock.now(), Arc::clone(&self.entropy))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_url_that_makes_no_pix_location_is_named() {
        let long = format!("https://{}.example", "a".repeat(40));
        for url in ["http://api.example", "https://api.example/", "https://", long.as_str()] {
            let error = Config::read(|name| match name {
                "STAGE" => Some("sandbox".to_owned()),
                "PUBLIC_URL" => Some(url.to_owned()),
                _ => Some("x".to_owned()),
            });
            assert!(error.is_err_and(|error| error.to_string().contains("PUBLIC_URL")), "{url}");
        }
    }

    #[test]
    fn all_missing_variables_are_named_at_once() {
        let error = Config::read(|_| None).expect_err("nothing is set").to_string();
        for name in ["TABLE_NAME", "DELIVERIES_TABLE_NAME", "STAGE"] {
            assert!(error.contains(name), "{error}");
        }
    }

    fn set(name: &str) -> Option<String> {
        match name {
            "TABLE_NAME" | "DELIVERIES_TABLE_NAME" => Some("x".to_owned()),
            "STAGE" => Some("live".to_owned()),
            _ => None,
        }
    }

    #[test]
    fn a_function_that_is_given_neither_secret_nor_bucket_starts() {
        let config = Config::read(set).expect("enough is set");
        assert_eq!((config.pepper_secret_id, config.signing_secret_id), (None, None));
        assert_eq!(config.files_bucket, None);
        assert_eq!(config.log_level, Level::Info);
    }

    #[test]
    fn an_unknown_log_level_is_refused_with_the_known_ones() {
        let given = |level: &'static str| {
            move |name: &str| if name == "LOG_LEVEL" { Some(level.to_owned()) } else { set(name) }
        };
        for word in ["debug", "INFO", "0"] {
            let error = Config::read(given(word)).expect_err(word).to_string();
            assert_eq!(error, "environment: LOG_LEVEL is none of info, warn and error");
        }
        assert_eq!(Config::read(given("warn")).expect("known").log_level, Level::Warn);
    }
}
