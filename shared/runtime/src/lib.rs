//! The state that every function has for its whole life, over HTTP or behind a queue:
//! configuration, table, secrets, clock, randomness and log. It knows neither HTTP nor queues.
#![warn(missing_docs)]

mod app;
mod aws;
mod clock;
mod config;
mod entropy;
mod handler;
mod log;
mod secrets;

pub use app::App;
pub use aws::{aws_from_env, aws_settings};
pub use clock::{Clock, SystemClock};
pub use config::{Config, ConfigError, FILES};
pub use entropy::SystemEntropy;
pub use handler::{StartError, select_by_handler};
pub use log::{Level, Log, Metric, StdoutLog, Unit, causes, metric_definitions};
pub use secrets::{PEPPER_CACHE, Secrets};
