//! `make demo`: the whole story against the running bundle, step by step, over HTTP.

mod statement;
mod story;

use std::process::ExitCode;

use local::Terminal;

use crate::story::DemoStory;

const HELP: &str = "\
Plays the whole story against the bundle that make run started: log in, make a key, register a
webhook endpoint, open a charge, pay it, see it credited, and receive and verify its webhooks; pay
out, refund, and fetch the statement of the day, for which the bundle's clock is moved past midnight.

Usage: trilho-demo

Environment:
  DATA_DIR  where make run keeps demo.json (.trilho)
  NO_COLOR  plain text, as when the output is not a terminal

Ends with 0 when all went well, 1 when something did not, 2 when it was called wrongly.
";

#[tokio::main]
async fn main() -> ExitCode {
    let terminal = Terminal::open();
    match std::env::args().nth(1).as_deref() {
        None => {}
        Some("--help" | "-h") => {
            terminal.say(HELP);
            return ExitCode::SUCCESS;
        }
        Some(other) => {
            terminal.failure(&format!("unknown argument {other}; see --help"));
            return ExitCode::from(2);
        }
    }
    let told = async { Box::pin(DemoStory::begin(terminal)?.tell()).await };
    match told.await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            terminal.failure(&failure.to_string());
            ExitCode::FAILURE
        }
    }
}
