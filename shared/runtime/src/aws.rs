//! Settings of every AWS client: credentials, region, timeouts, retries and the HTTP client.
//!
//! They are read from the variables that Lambda sets, and nothing else is tried. The default chain of
//! `aws-config` also reads profiles and asks containers and STS. Its code would be in every program, although
//! no function uses it.

use std::env;
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::config::{BehaviorVersion, Region};
use aws_smithy_http_client::Builder as HttpBuilder;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_types::SdkConfig;
use aws_types::origin::Origin;
use aws_types::sdk_config::Builder;

use crate::config::ConfigError;

/// Longest wait for a connection. Inside a region it takes a few milliseconds.
const CONNECT_TIMEOUT: Duration = Duration::from_millis(1_000);
/// Longest wait for the response to one attempt. A transaction takes 10 to 20 ms.
const ATTEMPT_TIMEOUT: Duration = Duration::from_millis(3_000);
/// Longest wait for a request with all its attempts.
const OPERATION_TIMEOUT: Duration = Duration::from_millis(8_000);
/// Attempts of one request, with [`RETRY_BACKOFF`] doubling in between.
const ATTEMPTS_MAX: u32 = 3;
const RETRY_BACKOFF: Duration = Duration::from_millis(25);
/// The roots of Amazon Trust Services, which sign the certificates of every AWS service. Reading them takes 0.3
/// million instructions, and reading all roots of a system 9.6 million (docs/performance.md).
/// <https://www.amazontrust.com/repository/>
const AMAZON_ROOTS: &[u8] = include_bytes!("amazon_roots.pem");

/// Returns the settings of every AWS client, without credentials, region and HTTP client. Waits are
/// short, because a caller or a message waits.
pub fn aws_settings() -> Builder {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .operation_attempt_timeout(ATTEMPT_TIMEOUT)
        .operation_timeout(OPERATION_TIMEOUT)
        .build();
    let retries =
        RetryConfig::standard().with_max_attempts(ATTEMPTS_MAX).with_initial_backoff(RETRY_BACKOFF);
    let mut settings = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .timeout_config(timeouts)
        .retry_config(retries);
    // Without it, the client of DynamoDB takes its own number of attempts.
    settings.insert_origin("retry_config", Origin::shared_config());
    settings
}

/// Returns the settings with what Lambda puts into the environment. The clients share one HTTP client.
///
/// # Errors
///
/// Names all variables that are missing.
#[expect(clippy::disallowed_methods, reason = "Lambda gives credentials and region as variables")]
pub fn aws_from_env() -> Result<SdkConfig, ConfigError> {
    read(|name| env::var(name).ok().filter(|value| !value.is_empty()))
}

fn read(variable: impl Fn(&str) -> Option<String>) -> Result<SdkConfig, ConfigError> {
    let mut flaws = Vec::new();
    let mut required = |name: &str| {
        variable(name).unwrap_or_else(|| {
            flaws.push(format!("{name} is not set"));
            String::new()
        })
    };
    let region = Region::new(required("AWS_REGION"));
    let (key, secret) = (required("AWS_ACCESS_KEY_ID"), required("AWS_SECRET_ACCESS_KEY"));
    if !flaws.is_empty() {
        return Err(ConfigError(flaws));
    }
    // They are valid for as long as Lambda keeps the instance.
    let credentials = Credentials::new(key, secret, variable("AWS_SESSION_TOKEN"), None, "lambda");
    let endpoint = variable("AWS_ENDPOINT_URL");
    // An emulator has a certificate of its own, and `SSL_CERT_FILE` replaces our roots without a new build.
    let is_amazon = endpoint.is_none() && variable("SSL_CERT_FILE").is_none();
    let http = HttpBuilder::new().tls_provider(Provider::Rustls(CryptoMode::AwsLc));
    let http = http.tls_context(if is_amazon { amazon() } else { TlsContext::default() });
    let mut settings = aws_settings()
        .region(region)
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .http_client(http.build_https());
    settings.set_endpoint_url(endpoint);
    Ok(settings.build())
}

/// Returns the trust in the certificates of AWS alone.
fn amazon() -> TlsContext {
    let roots = TrustStore::empty().with_pem_certificate(AMAZON_ROOTS);
    TlsContext::builder().with_trust_store(roots).build().expect("the roots are in the program")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_variables_are_named_at_once() {
        let error = read(|_| None).expect_err("nothing is set").to_string();
        for name in ["AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] {
            assert!(error.contains(name), "{error}");
        }
    }

    #[test]
    fn the_region_and_the_emulator_are_those_of_the_environment() {
        let settings = |endpoint: Option<&'static str>| {
            let settings = read(|name| match name {
                "AWS_ENDPOINT_URL" => endpoint.map(str::to_owned),
                name => Some(name.to_owned()),
            });
            settings.expect("all is set")
        };
        let aws = settings(None);
        assert_eq!(aws.region().map(ToString::to_string).as_deref(), Some("AWS_REGION"));
        assert_eq!(aws.endpoint_url(), None);
        let emulated = settings(Some("https://127.0.0.1:4566"));
        assert_eq!(emulated.endpoint_url(), Some("https://127.0.0.1:4566"));
    }

    #[test]
    fn the_roots_of_amazon_are_five_certificates_that_the_client_reads() {
        let text = std::str::from_utf8(AMAZON_ROOTS).expect("PEM");
        assert_eq!(text.matches("-----BEGIN CERTIFICATE-----").count(), 5);
        let variable = |name: &str| match name {
            "AWS_ENDPOINT_URL" | "SSL_CERT_FILE" => None,
            name => Some(name.to_owned()),
        };
        // A new client reads the roots, and panics if one is malformed.
        let _ = aws_sdk_secretsmanager::Client::new(&read(variable).expect("all is set"));
    }

    #[test]
    fn a_request_to_the_table_has_no_more_attempts_than_any_other() {
        let table = aws_sdk_dynamodb::config::Builder::from(&aws_settings().build()).build();
        let retries = table.retry_config().expect("retries");
        assert_eq!(retries.max_attempts(), ATTEMPTS_MAX);
        assert_eq!(retries.initial_backoff(), RETRY_BACKOFF);
    }
}
