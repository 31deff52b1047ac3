//! The state of a function: built once at its start, passed down by reference.

use std::sync::Arc;

use aws_types::SdkConfig;
use domain::kernel::{Entropy, Error, Moment};
use files::Links;
use rails::Rails;
use serde_json::Value;
use store::Store;

use crate::aws::aws_from_env;
use crate::clock::{Clock, SystemClock};
use crate::config::{Config, PEPPER, RECEIPT_SIGNING, SIGNING};
use crate::entropy::SystemEntropy;
use crate::handler::StartError;
use crate::log::{Level, Log, Metric, StdoutLog, metric_line};
use crate::secrets::Secrets;

/// The state of a function.
pub struct App {
    /// The table.
    pub store: Store,
    /// The pepper.
    pub secrets: Arc<Secrets>,
    /// The secret that seals signing secrets. Only functions that use it fetch it.
    pub signing: Arc<Secrets>,
    /// The secret that signs receipts. Only functions that use it fetch it.
    pub receipt_signing: Arc<Secrets>,
    /// The source of time.
    pub clock: Arc<dyn Clock>,
    /// The source of the time that people's authenticators show, if it is not `clock`: only the local
    /// bundle, of which the clock can be moved, has one.
    pub authenticator_clock: Option<Arc<dyn Clock>>,
    /// The source of randomness.
    pub entropy: Arc<dyn Entropy>,
    /// The configuration of the deployment.
    pub config: Config,
    /// The payment rails, without the power to submit orders: no operation can pay.
    pub rails: Rails,
    /// The maker of links to files, if the function has the bucket. Operations get nothing that
    /// writes a file.
    pub links: Option<Links>,
    /// The log.
    pub log: Arc<dyn Log>,
}

impl App {
    /// Builds the state from the environment. Also returns the AWS settings.
    ///
    /// # Errors
    ///
    /// Fails if a variable is missing or malformed.
    pub fn from_env() -> Result<(Self, SdkConfig), StartError> {
        let config = Config::from_env()?;
        let aws = aws_from_env()?;
        let log = Arc::new(StdoutLog(config.log_level));
        let app = Self::with(&aws, config, Arc::new(SystemClock), Arc::new(SystemEntropy), log);
        Ok((app, aws))
    }

    /// Builds the state on these AWS settings, with this clock, randomness and log.
    pub fn with(
        aws: &SdkConfig,
        config: Config,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        log: Arc<dyn Log>,
    ) -> Self {
        let links = config.files_bucket.as_deref().map(|bucket| Links::new(aws, bucket));
        let table = aws_sdk_dynamodb::config::Builder::from(aws);
        let store = Store::new(table, &config.table, &config.deliveries_table);
        let client = aws_sdk_secretsmanager::Client::new(aws);
        let signing = Secrets::new(client.clone(), SIGNING, config.signing_secret_id.clone());
        let receipt_signing = config.receipt_signing_secret_id.clone();
        let receipt_signing = Secrets::new(client.clone(), RECEIPT_SIGNING, receipt_signing);
        let secrets = Secrets::new(client, PEPPER, config.pepper_secret_id.clone());
        let (secrets, signing) = (Arc::new(secrets), Arc::new(signing));
        let rails = providers::rails(config.stage).without_orders();
        let authenticator_clock = None;
        Self {
            store,
            secrets,
            signing,
            receipt_signing: Arc::new(receipt_signing),
            clock,
            authenticator_clock,
            entropy,
            config,
            rails,
            links,
            log,
        }
    }

    /// Logs an error that did not end the work.
    pub fn warn(&self, message: &str, error: &Error) {
        self.log.error_line(Level::Warn, message, error);
    }

    /// Logs the error that ended the work of a function without a caller.
    pub fn fail(&self, message: &str, error: &Error) {
        self.log.error_line(Level::Error, message, error);
    }

    /// Returns a line of which the numbers become metrics, by stage and by the field and value in
    /// `by`.
    pub fn measured(&self, level: Level, by: (&str, &str), metrics: &[Metric]) -> Value {
        metric_line(self.clock.now(), self.config.stage, level, by, metrics)
    }

    /// Returns the current moment, for one request.
    pub fn moment(&self) -> Moment {
        let moment = Moment::new(self.clock.now(), Arc::clone(&self.entropy));
        match &self.authenticator_clock {
            Some(clock) => moment.with_authenticators_at(clock.now()),
            None => moment,
        }
    }
}
