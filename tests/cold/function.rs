//! A function as a process, with the variables that Lambda and the stack set.

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::io::AsyncReadExt;
use tokio::process::{Child, Command};

use crate::aws::AwsStandIn;
use crate::error::BoxError;
use crate::runtime_api::{RuntimeApi, stopwatch};

/// Where valgrind is.
const PATH: &str = "/usr/local/bin:/usr/bin:/bin";

/// A program to measure.
pub(crate) struct MeasuredProgram {
    /// Its file in the folder of the programs.
    pub(crate) file: &'static str,
    /// Its `_HANDLER`.
    pub(crate) handler: &'static str,
    /// Whether it has the SDK.
    pub(crate) storage: bool,
}

impl MeasuredProgram {
    /// Returns its name in the table.
    pub(crate) fn label(&self) -> String {
        match self.file {
            "examples/hello" => "hello world".to_owned(),
            "examples/hello_sdk" => "hello world with SDK and TLS".to_owned(),
            _ => format!("`{}`", self.operation()),
        }
    }

    /// Returns the operation.
    pub(crate) fn operation(&self) -> &'static str {
        self.handler.rsplit('.').next().unwrap_or_default()
    }
}

/// A running function.
pub(crate) struct RunningFunction {
    child: Child,
    api: RuntimeApi,
    began: Instant,
    storage: bool,
}

impl RunningFunction {
    /// Starts a program, behind the command in front if there is one.
    pub(crate) async fn start(
        folder: &Path,
        program: &MeasuredProgram,
        aws: &AwsStandIn,
        front: &[&str],
    ) -> Result<Self, BoxError> {
        let api = RuntimeApi::start().await?;
        let file = folder.join(program.file);
        let mut command = match front {
            [] => Command::new(&file),
            [first, rest @ ..] => {
                let mut command = Command::new(first);
                command.args(rest).arg(&file);
                command
            }
        };
        command.env_clear().env("PATH", PATH).envs(variables(program, aws, &api));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        command.kill_on_drop(true);
        let began = stopwatch();
        let child = command.spawn().map_err(|cause| format!("{}: {cause}", file.display()))?;
        Ok(Self { child, api, began, storage: program.storage })
    }

    /// Waits until the function asks for its first event. Returns the time since its start, and the time
    /// that its threads ran.
    pub(crate) async fn ready(&mut self) -> Result<(Duration, Duration), BoxError> {
        let at = tokio::select! {
            at = self.api.next() => at?,
            status = self.child.wait() => return Err(format!("it ended: {}", status?).into()),
        };
        Ok((at.duration_since(self.began), self.cpu()?))
    }

    /// Sends an event, and returns the time to the answer. Fails if the function fails.
    pub(crate) async fn answer(&mut self, event: &Value) -> Result<Duration, BoxError> {
        let (time, answer) = self.api.invoke(event).await?;
        let status = answer["statusCode"].as_u64().unwrap_or_default();
        let has_key = !event["headers"]["authorization"].is_null();
        let expected = if has_key || !self.storage { [200, 201] } else { [401, 200] };
        if !expected.contains(&status) {
            return Err(format!("an answer with status {status}: {}", answer["body"]).into());
        }
        Ok(time)
    }

    fn file(&self, name: &str) -> String {
        format!("/proc/{}/{name}", self.child.id().unwrap_or_default())
    }

    /// Returns the time that the threads of the function ran.
    fn cpu(&self) -> Result<Duration, BoxError> {
        let mut nanoseconds = 0;
        for thread in fs::read_dir(self.file("task"))? {
            let text = fs::read_to_string(thread?.path().join("schedstat"))?;
            let ran = text.split(' ').next().unwrap_or_default();
            nanoseconds += ran.parse::<u64>()?;
        }
        Ok(Duration::from_nanos(nanoseconds))
    }

    /// Returns the largest resident memory so far.
    pub(crate) fn peak_kib(&self) -> Result<u64, BoxError> {
        let status = fs::read_to_string(self.file("status"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let number = line.unwrap_or_default().trim().trim_end_matches(" kB");
        Ok(number.parse()?)
    }

    /// Ends the function with the signal of Ctrl-C, and returns the instructions that callgrind counted.
    pub(crate) async fn instructions(mut self) -> Result<u64, BoxError> {
        let id = self.child.id().unwrap_or_default().to_string();
        Command::new("kill").args(["-INT", &id]).status().await?;
        let mut text = String::new();
        if let Some(mut output) = self.child.stderr.take() {
            output.read_to_string(&mut text).await?;
        }
        let line = text.lines().find_map(|line| line.split_once("Collected : "));
        let (_, number) = line.ok_or_else(|| format!("callgrind counted nothing: {text}"))?;
        Ok(number.trim().parse()?)
    }
}

/// Returns the variables of the function: those of Lambda, and those of the stack.
fn variables(
    program: &MeasuredProgram,
    aws: &AwsStandIn,
    api: &RuntimeApi,
) -> Vec<(&'static str, String)> {
    let text = [
        ("AWS_ACCESS_KEY_ID", "example"),
        ("AWS_SECRET_ACCESS_KEY", "example"),
        ("AWS_SESSION_TOKEN", "example"),
        ("AWS_REGION", "sa-east-1"),
        ("AWS_LAMBDA_FUNCTION_NAME", "f"),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
        ("AWS_LAMBDA_FUNCTION_VERSION", "1"),
        ("DELIVERIES_TABLE_NAME", "trilho-deliveries"),
        ("PEPPER_SECRET_ID", "pepper"),
        ("PUBLIC_URL", "https://api.example"),
        ("STAGE", "sandbox"),
        ("TABLE_NAME", "trilho"),
        ("_HANDLER", program.handler),
    ];
    let mut variables = text.map(|(name, value)| (name, value.to_owned())).to_vec();
    variables.push(("AWS_ENDPOINT_URL", aws.url.clone()));
    variables.push(("AWS_LAMBDA_RUNTIME_API", api.address.clone()));
    variables.push(("SSL_CERT_FILE", aws.roots.display().to_string()));
    // Otherwise a function reads the folder of the system too.
    variables.push(("SSL_CERT_DIR", aws.no_roots.display().to_string()));
    variables
}
