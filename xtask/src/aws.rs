//! The AWS CLI. It has every way to sign in, so this program needs none.

use std::process::{Command, Output};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::console::say;

/// Pause between two polls of an operation that takes minutes, because CloudFormation throttles
/// frequent requests.
const POLL_INTERVAL: Duration = Duration::from_secs(3);
/// Pause between two polls of an emulator, which does not throttle and takes seconds.
const POLL_INTERVAL_LOCAL: Duration = Duration::from_millis(300);
/// Longest wait of a task. A stack takes about ten minutes, so an operation that takes this long
/// hangs. The credentials of most people expire after about an hour too.
const WAIT_MINUTES_MAX: u64 = 60;

/// The AWS CLI, signed in, with its region.
pub(crate) struct Aws {
    region: String,
    account: String,
    endpoint: Option<String>,
}

impl Aws {
    /// Connects to AWS, and prints the identity and the region.
    pub(crate) fn connect(region: Option<String>) -> Result<Self, String> {
        if Command::new("aws").arg("--version").output().is_err() {
            return Err("cannot find the AWS CLI; install it: \
                        https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html"
                .to_owned());
        }
        let region = region
            .or_else(|| variable("AWS_REGION"))
            .or_else(|| variable("AWS_DEFAULT_REGION"))
            .or_else(configured_region)
            .ok_or("no AWS region is set; pass --region, set AWS_REGION, or run: aws configure")?;
        let endpoint = variable("AWS_ENDPOINT_URL");
        let mut aws = Self { region, account: String::new(), endpoint };
        let identity = aws.json(&["sts", "get-caller-identity"]).map_err(|cause| {
            format!(
                "the AWS CLI is not signed in; set AWS_PROFILE, or run: aws sso login, or: aws \
                 configure\n{cause}"
            )
        })?;
        aws.account = text(&identity, "Account");
        let endpoint = aws.endpoint.as_deref().unwrap_or("AWS");
        say(&format!("{}, {endpoint}, {}", text(&identity, "Arn"), aws.region));
        Ok(aws)
    }

    pub(crate) fn region(&self) -> &str {
        &self.region
    }

    pub(crate) fn account(&self) -> &str {
        &self.account
    }

    pub(crate) fn endpoint(&self) -> Option<&str> {
        self.endpoint.as_deref()
    }

    /// Returns true if this is an emulator on this machine, where nothing costs money.
    pub(crate) fn is_local(&self) -> bool {
        self.endpoint.as_deref().is_some_and(is_loopback)
    }

    /// Starts to wait for an operation of AWS.
    pub(crate) fn wait(&self) -> Wait {
        let pause = if self.is_local() { POLL_INTERVAL_LOCAL } else { POLL_INTERVAL };
        Wait::begin(pause, Duration::from_secs(60 * WAIT_MINUTES_MAX))
    }

    /// Runs a command and returns its answer, or null if it has none.
    pub(crate) fn json(&self, arguments: &[&str]) -> Result<Value, String> {
        let output = self.run(arguments)?;
        if output.stdout.trim_ascii().is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&output.stdout)
            .map_err(|cause| format!("aws {}: {cause}", arguments.join(" ")))
    }

    /// Runs a command. The error is its standard error.
    pub(crate) fn run(&self, arguments: &[&str]) -> Result<Output, String> {
        let output = Command::new("aws")
            .args(arguments)
            .args(["--region", &self.region, "--output", "json"])
            // Otherwise version 2 shows the answer in a pager.
            .env("AWS_PAGER", "")
            .output()
            .map_err(|cause| format!("aws: {cause}"))?;
        if output.status.success() {
            return Ok(output);
        }
        Err(String::from_utf8_lossy(&output.stderr).trim().to_owned())
    }
}

/// A wait that polls an operation until it ends or takes too long.
pub(crate) struct Wait {
    began: Instant,
    pause: Duration,
    longest: Duration,
}

impl Wait {
    #[expect(
        clippy::disallowed_methods,
        reason = "a task has no request, so it reads the clock itself"
    )]
    fn begin(pause: Duration, longest: Duration) -> Self {
        Self { began: Instant::now(), pause, longest }
    }

    /// Waits until the next poll. Fails with the text `late` if the operation takes too long.
    pub(crate) fn pause(&self, late: &str) -> Result<(), String> {
        if self.began.elapsed() >= self.longest {
            return Err(format!(
                "stopped waiting after {} minutes: {late}",
                self.longest.as_secs() / 60
            ));
        }
        thread::sleep(self.pause);
        Ok(())
    }
}

/// Returns the field as text, empty if it is missing.
pub(crate) fn text(value: &Value, field: &str) -> String {
    value[field].as_str().unwrap_or_default().to_owned()
}

/// Returns the list in the field, empty if it is missing.
pub(crate) fn list<'a>(value: &'a Value, field: &str) -> &'a [Value] {
    value[field].as_array().map(Vec::as_slice).unwrap_or_default()
}

fn is_loopback(endpoint: &str) -> bool {
    let host = endpoint.split("://").nth(1).unwrap_or_default();
    let host = host.split(['/', ':']).next().unwrap_or_default();
    ["127.0.0.1", "localhost"].contains(&host)
}

#[expect(clippy::disallowed_methods, reason = "these are the settings of the AWS CLI")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn configured_region() -> Option<String> {
    let output = Command::new("aws").args(["configure", "get", "region"]).output().ok()?;
    let region = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    (!region.is_empty()).then_some(region)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_ends_after_its_time() {
        let minutes = |minutes: u64| Wait::begin(Duration::ZERO, Duration::from_secs(60 * minutes));
        assert_eq!(minutes(60).pause("it hangs"), Ok(()));
        let late = minutes(0).pause("it hangs").expect_err("no time is left");
        assert_eq!(late, "stopped waiting after 0 minutes: it hangs");
    }

    #[test]
    fn only_a_loopback_address_is_local() {
        for here in ["http://127.0.0.1:4566", "https://localhost:4566/", "http://localhost"] {
            assert!(is_loopback(here), "{here}");
        }
        for elsewhere in ["", "127.0.0.1", "https://localhost.example", "https://aws.example:443"] {
            assert!(!is_loopback(elsewhere), "{elsewhere}");
        }
    }
}
