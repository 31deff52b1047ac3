//! `make bench`: the figures of docs/performance.md. Loopback only, bounded, and it ends by itself.

mod contention;
mod throughput;

use std::io::Write;
use std::process::ExitCode;

use tests::fairness::{Delays, Scene, play};

/// Ten thousand events wait for an endpoint that never answers in time.
const SCENE: Scene = Scene {
    waiting: 0,
    slow_every_ms: 100,
    others: 20,
    others_every_ms: 1_000,
    seconds: 120,
    concurrent: 100,
};
const QUEUED_DELIVERIES: usize = 10_000;
/// Endpoints of the throughput runs.
const ENDPOINTS: [usize; 3] = [1, 10, 100];
/// Accounts and writers of the runs that contend.
const CONTENDING: [(usize, usize); 4] = [(1, 1), (1, 8), (1, 64), (64, 64)];
/// Credits of one transaction: each by itself, and as many as it takes.
const CONCURRENT_WRITERS: [usize; 2] = [1, 24];
/// Deliveries of each run.
const DELIVERIES: usize = 5_000;

fn say(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{text}");
    let _ = out.flush();
}

fn runtime(threads: usize) -> tokio::runtime::Runtime {
    let mut builder = match threads {
        1 => tokio::runtime::Builder::new_current_thread(),
        _ => tokio::runtime::Builder::new_multi_thread(),
    };
    builder.enable_all().build().expect("a runtime")
}

fn main() -> ExitCode {
    contend();
    say("Throughput: deliveries to a receiver on loopback, everything in this process\n");
    say(
        "| endpoints | deliveries/s | CPU per delivery | storage writes | storage reads | queue calls |",
    );
    say("|---|---|---|---|---|---|");
    for endpoints in ENDPOINTS {
        let run = runtime(2).block_on(throughput::measure(endpoints, DELIVERIES));
        say(&run.row());
    }
    say(&format!("\nSigning a body of 1 KB: {} ns\n", throughput::signing_ns()));
    say("Fairness: delay of the others' first attempts, virtual time\n");
    say("| | events | p50 | p90 | p99 | longest |");
    say("|---|---|---|---|---|---|");
    let alone = runtime(1).block_on(play(SCENE));
    say(&row("without the slow endpoint", &alone));
    let beside = runtime(1).block_on(play(Scene { waiting: QUEUED_DELIVERIES, ..SCENE }));
    say(&row(&format!("beside {QUEUED_DELIVERIES} events waiting for it"), &beside));
    say(&format!("\nThe slow endpoint got {} requests in this time.", beside.slow_requests));
    if beside.percentile(99) < 2 * alone.percentile(99) {
        ExitCode::SUCCESS
    } else {
        say("The p99 delay is more than twice what it is without the slow endpoint.");
        ExitCode::FAILURE
    }
}

/// Measures how fast money is credited on one row of books, and what it takes to go faster.
fn contend() {
    say("Contention: credits, where transactions that meet within 10 ms conflict\n");
    say(contention::HEAD);
    for together in CONCURRENT_WRITERS {
        for (accounts, writers) in CONTENDING {
            let run = runtime(2).block_on(contention::measure(accounts, writers, together));
            say(&run.row());
        }
    }
    say("");
}

fn row(name: &str, delays: &Delays) -> String {
    let [p50, p90, p99, longest] = [50, 90, 99, 100].map(|percent| delays.percentile(percent));
    let count = delays.count();
    format!("| {name} | {count} | {p50} ms | {p90} ms | {p99} ms | {longest} ms |")
}
