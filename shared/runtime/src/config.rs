//! The configuration of a deployment, read once from the environment.

use std::env;

use domain::account::Stage;
use gate::DestinationScope;

use crate::log::Level;

/// The configuration of a deployment.
#[derive(Debug, Clone)]
pub struct Config {
    /// `TABLE_NAME`: name of the main table.
    pub table: String,
    /// `DELIVERIES_TABLE_NAME`: name of the table of deliveries.
    pub deliveries_table: String,
    /// `PEPPER_SECRET_ID`: name or ARN of the secret with the pepper. Only functions that use the
    /// pepper have this variable.
    pub pepper_secret_id: Option<String>,
    /// `SIGNING_SECRET_ID`: name or ARN of the secret that seals signing secrets. It is not the
    /// pepper, because the function that posts to customers needs this secret and not the pepper.
    /// Only functions that use it have this variable.
    pub signing_secret_id: Option<String>,
    /// `RECEIPT_SIGNING_SECRET_ID`: name or ARN of the secret that signs receipts. Only functions that
    /// use it have this variable.
    pub receipt_signing_secret_id: Option<String>,
    /// `FILES_BUCKET`: name of the bucket of files. Only functions that use it have this variable.
    pub files_bucket: Option<String>,
    /// `SCANNER_ADDRESS`: `host:port` of clamd, which scans uploaded files; no scan if not set. Only the
    /// function that inspects uploads has this variable.
    pub scanner_address: Option<String>,
    /// `STAGE`: `sandbox` or `live`.
    pub stage: Stage,
    /// `LOG_LEVEL`: `info`, `warn` or `error`; `info` if not set. The log drops lines below it.
    pub log_level: Level,
    /// `PUBLIC_URL`: `https://` and the host that callers use; the gateway's host if not set.
    pub public_url: Option<String>,
    /// Whether the session cookie has no `Secure`. Only the local bundle sets it, because browsers
    /// refuse a secure cookie on http.
    pub plain_cookie: bool,
    /// Whether webhooks may go to loopback and over http. Only the local bundle sets it, and builds of
    /// profile `dev`, which are for a local stack.
    pub loopback_receivers: bool,
}

/// The variable with the name of the pepper's secret.
pub(crate) const PEPPER: &str = "PEPPER_SECRET_ID";
/// The variable with the name of the secret that seals signing secrets.
pub(crate) const SIGNING: &str = "SIGNING_SECRET_ID";
/// The variable with the name of the secret that signs receipts.
pub(crate) const RECEIPT_SIGNING: &str = "RECEIPT_SIGNING_SECRET_ID";

/// The variable with the name of the bucket of files.
pub const FILES: &str = "FILES_BUCKET";

/// All variables that are missing or malformed.
#[derive(Debug, thiserror::Error)]
#[error("environment: {}", .0.join("; "))]
pub struct ConfigError(pub(crate) Vec<String>);

impl Config {
    /// Reads the environment.
    ///
    /// # Errors
    ///
    /// Names all variables that are missing or malformed.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that reads the environment"
    )]
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::read(|name| env::var(name).ok().filter(|value| !value.is_empty()))
    }

    /// Returns the destinations to which webhooks may go.
    pub fn destination_scope(&self) -> DestinationScope {
        if self.loopback_receivers { DestinationScope::Loopback } else { DestinationScope::Public }
    }

    fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let mut flaws = Vec::new();
        let mut required = |name: &str| {
            variable(name).unwrap_or_else(|| {
                flaws.push(format!("{name} is not set"));
                String::new()
            })
        };
        let table = required("TABLE_NAME");
        let deliveries_table = required("DELIVERIES_TABLE_NAME");
        let (pepper_secret_id, signing_secret_id) = (variable(PEPPER), variable(SIGNING));
        let receipt_signing_secret_id = variable(RECEIPT_SIGNING);
        let files_bucket = variable(FILES);
        let scanner_address = variable("SCANNER_ADDRESS");
        let stage = required("STAGE");
        let stage = Stage::parse(&stage);
        if scanner_address.as_deref().is_some_and(|address| !is_address(address)) {
            flaws.push("SCANNER_ADDRESS must be host:port".to_owned());
        }
        if stage.is_none() {
            flaws.push("STAGE must be sandbox or live".to_owned());
        }
        let log_level = variable("LOG_LEVEL");
        let log_level = log_level.as_deref().map_or(Some(Level::Info), Level::parse);
        if log_level.is_none() {
            flaws.push("LOG_LEVEL must be info, warn or error".to_owned());
        }
        let public_url = variable("PUBLIC_URL");
        flaws.extend(public_url.as_deref().and_then(public_url_flaw));
        match (stage, log_level) {
            (Some(stage), Some(log_level)) if flaws.is_empty() => {
                let plain_cookie = false;
                let loopback_receivers = cfg!(debug_assertions);
                Ok(Self {
                    table,
                    deliveries_table,
                    pepper_secret_id,
                    signing_secret_id,
                    receipt_signing_secret_id,
                    files_bucket,
                    scanner_address,
                    stage,
                    log_level,
                    public_url,
                    plain_cookie,
                    loopback_receivers,
                })
            }
            _ => Err(ConfigError(flaws)),
        }
    }
}

/// Characters of the longest host. A Pix location is `host/pix/<26 characters>` and has 77
/// characters at most (BCB, API Pix).
const HOST_LENGTH_MAX: usize = 46;

/// Returns true for a host and a port.
fn is_address(text: &str) -> bool {
    text.rsplit_once(':').is_some_and(|(host, port)| {
        !host.is_empty()
            && !host.contains(['/', ' ', '@'])
            && port.parse::<u16>().is_ok_and(|port| port > 0)
    })
}

fn public_url_flaw(url: &str) -> Option<String> {
    let host = url.strip_prefix("https://").unwrap_or_default();
    let good = (1..=HOST_LENGTH_MAX).contains(&host.len()) && !host.contains(['/', '?', '#', '@']);
    (!good).then(|| {
        format!("PUBLIC_URL must be https:// and a host of 1 to {HOST_LENGTH_MAX} characters, without a path")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_url_that_cannot_be_part_of_a_pix_location_is_refused() {
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

    #[test]
    fn the_address_of_the_scanner_is_a_host_and_a_port() {
        for (address, is_valid) in [
            ("clamd.internal:3310", true),
            ("10.0.3.7:3310", true),
            ("clamd.internal", false),
            (":3310", false),
            ("clamd:0", false),
            ("tcp://clamd:3310", false),
        ] {
            let config = Config::read(|name| match name {
                "SCANNER_ADDRESS" => Some(address.to_owned()),
                name => set(name),
            });
            assert_eq!(config.is_ok(), is_valid, "{address}");
        }
        assert_eq!(Config::read(set).expect("enough is set").scanner_address, None);
    }

    fn set(name: &str) -> Option<String> {
        match name {
            "TABLE_NAME" | "DELIVERIES_TABLE_NAME" => Some("x".to_owned()),
            "STAGE" => Some("live".to_owned()),
            _ => None,
        }
    }

    #[test]
    fn a_function_without_secret_and_bucket_starts() {
        let config = Config::read(set).expect("enough is set");
        assert_eq!((config.pepper_secret_id, config.signing_secret_id), (None, None));
        assert_eq!((config.receipt_signing_secret_id, config.files_bucket), (None, None));
        assert_eq!(config.log_level, Level::Info);
    }

    #[test]
    fn an_unknown_log_level_is_refused_and_the_levels_are_named() {
        let with_level = |level: &'static str| {
            move |name: &str| if name == "LOG_LEVEL" { Some(level.to_owned()) } else { set(name) }
        };
        for word in ["debug", "INFO", "0"] {
            let error = Config::read(with_level(word)).expect_err(word).to_string();
            assert_eq!(error, "environment: LOG_LEVEL must be info, warn or error");
        }
        assert_eq!(Config::read(with_level("warn")).expect("a level").log_level, Level::Warn);
    }
}
