//! A command: read strictly, carried out once, answered or refused in a sentence.

use std::pin::Pin;

use domain::kernel::Moment;
use edge::{App, Level, chosen, read_json};
use lambda_runtime::{Diagnostic, LambdaEvent, service_fn};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::{COMMANDS, CommandFailure};

/// What an operator can have done.
pub struct Command {
    /// `bootstrap_account`: also the file and the Lambda handler.
    pub name: &'static str,
    /// What it does.
    pub summary: &'static str,
    pub(crate) run: for<'a> fn(&'a App, Invocation<Value>) -> CommandFuture<'a>,
}

/// A running command; its answer.
pub(crate) type CommandFuture<'a> =
    Pin<Box<dyn Future<Output = Result<Value, CommandFailure>> + Send + 'a>>;

/// One invocation.
pub struct Invocation<I> {
    /// What was sent.
    pub input: I,
    /// The instant.
    pub moment: Moment,
    /// Lambda's id of it.
    pub request_id: String,
}

impl Invocation<Value> {
    /// Reads the input: an object with the fields of `I` and no other.
    pub(crate) fn read<I: DeserializeOwned>(self) -> Result<Invocation<I>, CommandFailure> {
        let Self { input, moment, request_id } = self;
        Ok(Invocation { input: read_json(&input)?, moment, request_id })
    }
}

/// The answer as JSON.
pub(crate) fn answer(reply: &impl Serialize) -> Value {
    json!(reply)
}

/// Declares the commands of the domain.
macro_rules! commands {
    ($(#[doc = $summary:literal] $name:ident;)*) => {
        /// Every command.
        pub const COMMANDS: &[Command] = &[$(Command {
            name: stringify!($name),
            summary: $summary.trim_ascii(),
            run: |app, order| {
                Box::pin(async move {
                    let reply = $name::handle(app, order.read()?).await?;
                    Ok(command::answer(&reply))
                })
            },
        },)*];
    };
}

pub(crate) use commands;

/// Carries out a command and writes its line: never the input nor the answer.
pub async fn perform(
    app: &App,
    command: &Command,
    input: Value,
    request_id: String,
) -> Result<Value, CommandFailure> {
    let order = Invocation { input, moment: app.moment(), request_id: request_id.clone() };
    let outcome = (command.run)(app, order).await;
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

/// Runs the command that `_HANDLER` names.
pub async fn run() -> Result<(), lambda_runtime::Error> {
    let command = chosen(COMMANDS, |command| command.name)?;
    let (app, _) = App::from_env().await?;
    let app = &app;
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Value>| async move {
        let performed = perform(app, command, event.payload, event.context.request_id).await;
        // What `aws lambda invoke` writes into its output file.
        performed.map_err(|failure| Diagnostic {
            error_type: failure.code().to_owned(),
            error_message: failure.to_string(),
        })
    }))
    .await
}
