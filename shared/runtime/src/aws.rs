//! Timeouts and retries of every AWS client.

use std::time::Duration;

use aws_config::{BehaviorVersion, ConfigLoader};
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;

/// Longest wait for a connection. Inside a region it takes a few milliseconds.
const CONNECT_TIMEOUT: Duration = Duration::from_millis(1_000);
/// Longest wait for the response to one attempt. A transaction takes 10 to 20 ms.
const ATTEMPT_TIMEOUT: Duration = Duration::from_millis(3_000);
/// Longest wait for a request with all its attempts.
const OPERATION_TIMEOUT: Duration = Duration::from_millis(8_000);
/// Attempts of one request, with [`RETRY_BACKOFF`] doubling in between.
const ATTEMPTS_MAX: u32 = 3;
const RETRY_BACKOFF: Duration = Duration::from_millis(25);

/// Returns the settings of every AWS client. Waits are short, because a caller or a message waits.
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
