//! `make run`: the bundle in one process, with a demo account, on loopback.

mod console;
mod data_dir;
mod docs;
mod http;
mod schedule;

use std::sync::Arc;
use std::time::Duration;

use dispatch::TokioTimer;
use dispatch::egress::{HttpEgress, SystemResolver};
use domain::account::Stage;
use domain::kernel::Error;
use gate::DestinationScope;
use local::settings::{data_dir, variable};
use local::{BoxError, Bundle, BundleOptions, LocalClock, Signals};
use tokio::net::TcpListener;

use crate::console::Console;
use crate::data_dir::DataDir;

const HELP: &str = "\
Runs the Trilho bundle in one process, with a demo account, on loopback.

Usage: trilho-local [--reset]

  --reset   delete all data and start clean
  --help    this text

Environment:
  PORT      port to listen on, 0 for any free one (4000)
  DATA_DIR  folder for the data and demo.json (.trilho)
  NO_COLOR  plain text, as when the output is not a terminal
";

#[tokio::main]
async fn main() -> std::process::ExitCode {
    let console = Console::new();
    match Box::pin(run(&console)).await {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(failure) => {
            console.failure(&failure.to_string());
            std::process::ExitCode::FAILURE
        }
    }
}

async fn run(console: &Console) -> Result<(), BoxError> {
    let mut reset = false;
    for argument in std::env::args().skip(1) {
        match argument.as_str() {
            "--reset" => reset = true,
            "--help" | "-h" => {
                console.say(HELP);
                return Ok(());
            }
            other => return Err(format!("unknown argument {other}; run with --help").into()),
        }
    }
    let port = variable("PORT").unwrap_or_else(|| "4000".to_owned());
    let port: u16 =
        port.parse().map_err(|_| format!("PORT={port} is not a port; use 0 to 65535"))?;
    let listener = TcpListener::bind(("127.0.0.1", port)).await.map_err(|cause| {
        format!(
            "cannot listen on 127.0.0.1:{port}: {cause}\n\
             If another bundle runs there, stop it, or use another port and folder:\n\
             DATA_DIR=.trilho2 PORT=4001 make run"
        )
    })?;
    let port = listener.local_addr()?.port();
    // The demo key works from ::1 too, if the machine has IPv6.
    let second = TcpListener::bind(("::1", port)).await.ok();
    let data = DataDir::open(data_dir(), reset)?;
    let base_url = format!("http://127.0.0.1:{port}");
    let bundle = Bundle::start(BundleOptions {
        database: Some(data.database()),
        files: Some(data.files()),
        pepper: data.pepper()?,
        signing: data.signing()?,
        clock: Arc::new(LocalClock::ahead(data.clock_ahead())),
        log: Arc::new(console.request_log()),
        stage: Stage::Sandbox,
        public_url: Some(base_url.clone()),
        egress: Arc::new(HttpEgress::new(DestinationScope::Loopback, Arc::new(SystemResolver))),
        rails: providers::rails(Stage::Sandbox),
        timer: Arc::new(TokioTimer),
        loopback_receivers: true,
    })
    .await?;
    let demo = data.demo(&bundle, &base_url).await?;
    let bundle = Arc::new(bundle);
    let site = http::site(Arc::clone(&bundle), data.clock_file(), format!("127.0.0.1:{port}"));
    for listener in [Some(listener), second].into_iter().flatten() {
        tokio::spawn(http::serve(listener, site.clone()));
    }
    let charge_id = console::pending_charge(&bundle, &demo, port).await?;
    let mut signals = Signals::listen()?;
    console.ready(&demo, &data.demo_file(), &charge_id);
    let stuck = |error: &Error| {
        console
            .failure(&format!("deliveries failed: {error}; the bundle continues and tries again"));
    };
    tokio::select! {
        () = bundle.flow(stuck) => {}
        () = schedule::every_minute(&bundle, console) => {}
        () = signals.received() => {
            console.say("\nStopped. The data is saved. To continue, run make run again.\n");
        },
    }
    // Requests in progress get a moment to end.
    tokio::time::sleep(Duration::from_millis(50)).await;
    Ok(())
}
