//! `make demo`: the demo against the running bundle, step by step, over HTTP.

mod boleto;
mod card;
mod context;
mod link;
mod program;
mod statement;
mod story;

use std::process::ExitCode;

use local::Terminal;

use crate::context::DemoContext;

const HELP: &str = "\
Plays the demo against the bundle that make run started. It creates a program
with a key, which later runs use again, registers a webhook endpoint, creates
and pays a charge, and verifies its webhooks. It then creates a payout, a
boleto, a sale by card, a Data Collect link and a refund, returns a payment that came too late, sees
money blocked and released, moves the bundle's clock past midnight, and
downloads the statement of the day.

Usage: trilho-demo

Environment:
  DATA_DIR  the folder where make run keeps demo.json (.trilho)
  NO_COLOR  plain text, as when the output is not a terminal

Exit status: 0 success, 1 failure, 2 wrong arguments.
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
            terminal.failure(&format!("unknown argument {other}; run with --help"));
            return ExitCode::from(2);
        }
    }
    let outcome = async { Box::pin(DemoContext::open(terminal)?.play()).await };
    match outcome.await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            terminal.failure(&failure.to_string());
            ExitCode::FAILURE
        }
    }
}
