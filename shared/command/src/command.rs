//! A command: its input is read strictly, it runs once, and it returns a result or one sentence.

use std::pin::Pin;

use domain::kernel::Moment;
use edge::read_json;
use lambda_runtime::{Diagnostic, LambdaEvent, service_fn};
use runtime::{App, Level, select_by_handler};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::failure::CommandFailure;

/// A command of the operator.
pub struct Command {
    /// Name, such as `bootstrap_account`: also the file and the Lambda handler.
    pub name: &'static str,
    /// One sentence for the reference.
    pub summary: &'static str,
    #[doc(hidden)]
    pub run: for<'a> fn(&'a App, Invocation<Value>) -> CommandFuture<'a>,
}

/// A running command.
pub type CommandFuture<'a> =
    Pin<Box<dyn Future<Output = Result<Value, CommandFailure>> + Send + 'a>>;

/// One invocation of a command.
pub struct Invocation<I> {
    /// Input of the command.
    pub input: I,
    /// The moment of the decision.
    pub moment: Moment,
    /// Lambda's id of the invocation.
    pub request_id: String,
}

impl Invocation<Value> {
    /// Reads the input, which must be an object with the fields of `I` and no other.
    pub fn read<I: DeserializeOwned>(self) -> Result<Invocation<I>, CommandFailure> {
        let Self { input, moment, request_id } = self;
        Ok(Invocation { input: read_json(&input)?, moment, request_id })
    }
}

/// Returns the result as JSON.
#[doc(hidden)]
pub fn to_json(result: &impl Serialize) -> Value {
    json!(result)
}

/// Declares the commands of a domain, each with a file of its name.
#[macro_export]
macro_rules! commands {
    ($(#[doc = $summary:literal] $name:ident;)*) => {
        /// Every command.
        pub const COMMANDS: &[$crate::Command] = &[$($crate::Command {
            name: stringify!($name),
            summary: $summary.trim_ascii(),
            run: |app, invocation| {
                Box::pin(async move {
                    let result = $name::handle(app, invocation.read()?).await?;
                    Ok($crate::to_json(&result))
                })
            },
        },)*];
    };
}

/// Runs a command and writes its log line, which has neither the input nor the result.
pub async fn perform(
    app: &App,
    command: &Command,
    input: Value,
    request_id: String,
) -> Result<Value, CommandFailure> {
    let invocation = Invocation { input, moment: app.moment(), request_id: request_id.clone() };
    let outcome = (command.run)(app, invocation).await;
    let mut line = json!({
        "level": Level::Info.as_str(),
        "stage": app.config.stage.as_str(),
        "command": command.name,
        "request_id": request_id,
    });
    if let Err(failure) = &outcome {
        line["code"] = json!(failure.code());
        if failure.is_ours() {
            line["level"] = json!(Level::Error.as_str());
            line["cause"] = json!(failure.to_string());
        }
    }
    app.log.line(&line);
    outcome
}

/// Serves the command that `_HANDLER` names.
pub async fn run(commands: &'static [Command]) -> Result<(), lambda_runtime::Error> {
    let command = select_by_handler(commands, |command| command.name)?;
    let (app, _) = App::from_env()?;
    let app = &app;
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Value>| async move {
        let performed = perform(app, command, event.payload, event.context.request_id).await;
        // `aws lambda invoke` writes this into its output file.
        performed.map_err(|failure| Diagnostic {
            error_type: failure.code().to_owned(),
            error_message: failure.to_string(),
        })
    }))
    .await
}
