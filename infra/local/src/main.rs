//! `make run`: the bundle in one process, with a demo account, on loopback.

mod console;
mod data_dir;
mod docs;
mod http;
mod schedule;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use dispatch::TokioTimer;
use dispatch::egress::{HttpEgress, SystemResolver};
use domain::account::Stage;
use domain::kernel::Error;
use gate::DestinationScope;
use local::seed::Demo;
use local::settings::{data_dir, hint, variable};
use local::{BoxError, Bundle, BundleOptions, LocalClock, Signals};
use runtime::{Log, SystemEntropy};
use tokio::net::TcpListener;

use crate::console::Console;
use crate::data_dir::DataDir;

/// The allocator of this program alone. The allocator of the system keeps the memory of a burst of
/// log-ins, of which each password hash takes 19 MiB; this one gives it back.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const HELP: &str = "\
Runs the Trilho bundle in one process, with a demo account, on loopback.

Usage: trilho-local [--reset]

  --reset   delete all data and start clean
  --help    this text

Environment:
  PORT      port to listen on, 0 for any free one (4000)
  DATA_DIR  folder for the data and demo.json (.trilho)
  NO_COLOR  plain text, as when the output is not a terminal

Exit status: 0 after Ctrl-C or kill, 1 failure, 2 wrong arguments.
";

/// Exit status of wrong arguments and settings.
const WRONG_ARGUMENTS: u8 = 2;

struct Settings {
    reset: bool,
    port: u16,
}

impl Settings {
    /// Reads arguments and environment. Returns `None` if the help text is wanted.
    fn read() -> Result<Option<Self>, String> {
        let mut reset = false;
        for argument in std::env::args().skip(1) {
            match argument.as_str() {
                "--reset" => reset = true,
                "--help" | "-h" => return Ok(None),
                other => return Err(format!("unknown argument {other}; run with --help")),
            }
        }
        let port = variable("PORT").unwrap_or_else(|| "4000".to_owned());
        let port = port.parse().map_err(|_| format!("PORT={port} is not a port; use 0 to 65535"));
        Ok(Some(Self { reset, port: port? }))
    }
}

#[tokio::main]
async fn main() -> std::process::ExitCode {
    let console = Console::new();
    let settings = match Settings::read() {
        Ok(Some(settings)) => settings,
        Ok(None) => {
            console.say(HELP);
            return std::process::ExitCode::SUCCESS;
        }
        Err(wrong) => {
            console.failure(&wrong);
            return WRONG_ARGUMENTS.into();
        }
    };
    match run_until_signal(&console, &settings).await {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(failure) => {
            console.failure(&failure.to_string());
            std::process::ExitCode::FAILURE
        }
    }
}

/// Runs the bundle until Ctrl-C or `kill`, which are listened to from the start.
async fn run_until_signal(console: &Console, settings: &Settings) -> Result<(), BoxError> {
    let mut signals = Signals::listen()?;
    let ready = AtomicBool::new(false);
    tokio::select! {
        outcome = Box::pin(run(console, settings, &ready)) => return outcome,
        () = signals.received() => {}
    }
    let again = hint("make run");
    if ready.load(Ordering::Relaxed) {
        console.say(&format!("\nStopped. The data is saved. To continue: {again}\n"));
    } else {
        console.say(&format!("\nStopped before the start was complete. To try again: {again}\n"));
    }
    // Requests in progress get a moment to end.
    tokio::time::sleep(Duration::from_millis(50)).await;
    Ok(())
}

async fn run(console: &Console, settings: &Settings, ready: &AtomicBool) -> Result<(), BoxError> {
    let port = settings.port;
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
    let data = Arc::new(DataDir::open(data_dir(), settings.reset)?);
    if data.begins_again {
        console.say("The first start did not complete the last time; it begins again.\n");
    }
    let base_url = format!("http://127.0.0.1:{port}");
    let clock = Arc::new(LocalClock::ahead(data.clock_ahead()?));
    let log = console.request_log(Arc::clone(&clock));
    let (bundle, demo) = start(&data, clock, Arc::new(log.clone()), &base_url).await?;
    let bundle = Arc::new(bundle);
    let site = http::Site::new(Arc::clone(&bundle), Arc::clone(&data), log, port);
    for listener in [Some(listener), second].into_iter().flatten() {
        tokio::spawn(http::serve(listener, site.clone()));
    }
    let charge_id = console::pending_charge(&bundle, &demo, port).await?;
    console.ready(&demo, &data.demo_file(), &charge_id, bundle.clock());
    ready.store(true, Ordering::Relaxed);
    let stuck = |error: &Error| {
        console
            .failure(&format!("deliveries failed: {error}; the bundle continues and tries again"));
    };
    tokio::select! {
        () = bundle.flow(stuck) => {}
        () = schedule::every_minute(&bundle, console) => {}
    }
    Ok(())
}

/// Starts the bundle on the data directory, with the demo account.
async fn start(
    data: &DataDir,
    clock: Arc<LocalClock>,
    log: Arc<dyn Log>,
    base_url: &str,
) -> Result<(Bundle, Demo), BoxError> {
    let bundle = Bundle::start(BundleOptions {
        database: Some(data.database()),
        files: Some(data.files()?),
        pepper: data.pepper()?,
        signing: data.signing()?,
        receipt_signing: data.receipt_signing()?,
        clock,
        entropy: Arc::new(SystemEntropy),
        log,
        stage: Stage::Sandbox,
        public_url: Some(base_url.to_owned()),
        egress: Arc::new(HttpEgress::new(DestinationScope::Loopback, Arc::new(SystemResolver))),
        rails: providers::rails(Stage::Sandbox),
        timer: Arc::new(TokioTimer),
        loopback_receivers: true,
        moved_authenticators: variable("MOVED_AUTHENTICATORS").is_some(),
        contended_books: false,
    })
    .await?;
    let demo = data.demo(&bundle, base_url).await?;
    Ok((bundle, demo))
}
