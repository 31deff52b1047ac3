//! `make bench`: the figures of docs/performance.md. Loopback only, bounded, and it ends by itself.

mod jobs;
mod output;
mod throughput;

use std::process::ExitCode;

use output::{paused, say};
use tests::busy_account::BusyAccount;
use tests::fairness::{Delays, Scene, play};

/// Ten thousand events wait for an endpoint that never answers in time.
const SCENE: Scene = Scene {
    waiting: 0,
    busy_events: 0,
    busy_every_ms: 100,
    answers_seconds: 0,
    others: 20,
    others_every_ms: 1_000,
    seconds: 120,
    concurrent: 100,
};
const QUEUED_DELIVERIES: usize = 10_000;
/// Endpoints of the throughput runs.
const ENDPOINTS: [usize; 3] = [1, 10, 100];
/// Writers of one account, and the payouts of each.
const WRITERS: [(usize, usize); 4] = [(1, 64), (8, 32), (64, 8), (256, 4)];
/// The same in real time.
const REAL_WRITERS: [(usize, usize); 4] = [(1, 1_024), (8, 128), (64, 32), (256, 8)];
/// Deliveries of each run.
const DELIVERIES: usize = 5_000;

fn runtime(threads: usize) -> tokio::runtime::Runtime {
    let mut builder = match threads {
        1 => tokio::runtime::Builder::new_current_thread(),
        _ => tokio::runtime::Builder::new_multi_thread(),
    };
    builder.enable_all().build().expect("a runtime")
}

fn main() -> ExitCode {
    jobs::measure();
    // `bench jobs` ends here.
    if std::env::args().nth(1).as_deref() == Some("jobs") {
        return ExitCode::SUCCESS;
    }
    contend();
    contend_in_real_time();
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
    let beside =
        runtime(1).block_on(play(Scene { waiting: QUEUED_DELIVERIES, busy_events: 1, ..SCENE }));
    say(&row(&format!("beside {QUEUED_DELIVERIES} events waiting for it"), &beside));
    say(&format!("\nThe slow endpoint got {} requests in this time.", beside.busy_requests));
    if beside.percentile(99) < 2 * alone.percentile(99) {
        ExitCode::SUCCESS
    } else {
        say("The p99 delay is more than twice what it is without the slow endpoint.");
        ExitCode::FAILURE
    }
}

/// Measures how fast money moves on one row of books.
fn contend() {
    say("One account: writers that create payouts, virtual time\n");
    say("| writers | payouts | refused (503) | transactions | p50 | p99 | longest |");
    say("|---|---|---|---|---|---|---|");
    for (writers, each) in WRITERS {
        let run = paused().block_on(async { BusyAccount::new().await.write(writers, each).await });
        say(&run.row());
    }
    say("");
}

/// Measures the same in real time, with the CPU time of this process, which is all of it: the functions, the
/// table and the callers.
fn contend_in_real_time() {
    say("One account: writers that create payouts, real time, everything in this process\n");
    say("| writers | payouts/s | CPU per payout | payouts per transaction | p50 | p99 |");
    say("|---|---|---|---|---|---|");
    for (writers, each) in REAL_WRITERS {
        let (run, cpu) = runtime(2).block_on(async {
            let account = BusyAccount::in_real_time().await;
            let before = throughput::cpu();
            let run = account.write(writers, each).await;
            (run, throughput::cpu().saturating_sub(before))
        });
        say(&run.real_row(cpu));
    }
    say("");
}

fn row(name: &str, delays: &Delays) -> String {
    let [p50, p90, p99, longest] = [50, 90, 99, 100].map(|percent| delays.percentile(percent));
    let count = delays.count();
    format!("| {name} | {count} | {p50} ms | {p90} ms | {p99} ms | {longest} ms |")
}
