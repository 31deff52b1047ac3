//! Measures how a function starts and what a request costs it: the tables of docs/performance.md about
//! cold starts. It plays the runtime API of Lambda on loopback, and DynamoDB and Secrets Manager over TLS.
//!
//! `make cold` builds the functions and runs it. With the argument `instructions` it counts the instructions
//! of a start and of a warm request with callgrind instead; with `system-roots` the functions read all roots
//! of the system.
//! Loopback only, bounded, and it ends by itself.

mod aws;
mod error;
mod function;
mod requests;
mod runtime_api;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::aws::AwsStandIn;
use crate::error::BoxError;
use crate::function::{MeasuredProgram, RunningFunction};
use crate::requests::{AccountRequests, events};

/// Starts of each function; the table shows the median.
const STARTS: usize = 21;
/// Warm requests after each start.
const WARM: usize = 20;
/// Warm requests of the two runs whose difference counts instructions.
const COUNTED: [usize; 2] = [20, 60];
/// Longest wait for a function.
const LONGEST: Duration = Duration::from_secs(120);

/// The arguments.
const INSTRUCTIONS: &str = "instructions";
const SYSTEM_ROOTS: &str = "system-roots";
const ARGUMENTS: [&str; 2] = [INSTRUCTIONS, SYSTEM_ROOTS];

/// What is measured: the package or example, and the handler.
const PROGRAMS: [MeasuredProgram; 5] = [
    MeasuredProgram { file: "examples/hello", handler: "hello.hello", storage: false },
    MeasuredProgram { file: "examples/hello_sdk", handler: "hello.hello", storage: true },
    MeasuredProgram { file: "payin", handler: "payin.create_charge", storage: true },
    MeasuredProgram { file: "payin", handler: "payin.find_charge", storage: true },
    MeasuredProgram { file: "payout", handler: "payout.create_payout", storage: true },
];

fn say(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{text}");
    let _ = out.flush();
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), BoxError> {
    let folder = programs()?;
    let requests = AccountRequests::new().await;
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    if let Some(other) = arguments.iter().find(|name| !ARGUMENTS.contains(&name.as_str())) {
        return Err(
            format!("unknown argument {other}; known are {}", ARGUMENTS.join(" and ")).into()
        );
    }
    let has = |name: &str| arguments.iter().any(|given| given == name);
    let aws = AwsStandIn::start(requests.world(), has(SYSTEM_ROOTS)).await?;
    if has(INSTRUCTIONS) {
        count(&folder, &aws, &requests).await
    } else {
        measure(&folder, &aws, &requests).await
    }
}

/// Returns the folder of the functions: `dist`, beside the folder of this profile.
fn programs() -> Result<PathBuf, BoxError> {
    let this = std::env::current_exe()?;
    let target = this.ancestors().nth(3).ok_or("this program is not in a folder of cargo")?;
    Ok(target.join("dist"))
}

/// The times of one start.
struct StartTimes {
    init: Duration,
    init_cpu: Duration,
    without_storage: Duration,
    with_storage: Duration,
    warm: Duration,
    peak_kib: u64,
}

async fn measure(
    folder: &Path,
    aws: &AwsStandIn,
    requests: &AccountRequests,
) -> Result<(), BoxError> {
    say(
        "| function | init | its CPU | first answer without storage | first with storage | warm | peak memory |",
    );
    say("|---|---|---|---|---|---|---|");
    for program in &PROGRAMS {
        let mut starts = Vec::new();
        for _ in 0..STARTS {
            let start = start(folder, program, aws, requests);
            starts.push(tokio::time::timeout(LONGEST, start).await??);
        }
        say(&row(program, &starts));
    }
    Ok(())
}

async fn start(
    folder: &Path,
    program: &MeasuredProgram,
    aws: &AwsStandIn,
    requests: &AccountRequests,
) -> Result<StartTimes, BoxError> {
    let events = events(program, requests);
    let mut function = RunningFunction::start(folder, program, aws, &[]).await?;
    let (init, init_cpu) = function.ready().await?;
    let without_storage = function.answer(&events.without_storage).await?;
    let (mut with_storage, mut warm) = (Duration::ZERO, Duration::ZERO);
    if program.storage {
        with_storage = function.answer(&events.with_storage()).await?;
        let mut times = Vec::new();
        for _ in 0..WARM {
            times.push(function.answer(&events.with_storage()).await?);
        }
        warm = median(times);
    }
    let peak_kib = function.peak_kib()?;
    Ok(StartTimes { init, init_cpu, without_storage, with_storage, warm, peak_kib })
}

fn median<T: Ord + Copy + Default>(mut values: Vec<T>) -> T {
    values.sort_unstable();
    values.get(values.len() / 2).copied().unwrap_or_default()
}

fn row(program: &MeasuredProgram, starts: &[StartTimes]) -> String {
    let time = |of: fn(&StartTimes) -> Duration| {
        let time = median(starts.iter().map(of).collect());
        if time.is_zero() { "-".to_owned() } else { milliseconds(time) }
    };
    let peak = median(starts.iter().map(|start| start.peak_kib).collect());
    format!(
        "| {} | {} | {} | {} | {} | {} | {}.{} MB |",
        program.label(),
        time(|start| start.init),
        time(|start| start.init_cpu),
        time(|start| start.without_storage),
        time(|start| start.with_storage),
        time(|start| start.warm),
        peak * 1_024 / 1_000_000,
        peak * 1_024 / 100_000 % 10,
    )
}

fn milliseconds(time: Duration) -> String {
    format!("{}.{:02} ms", time.as_micros() / 1_000, time.as_micros() / 10 % 100)
}

/// Counts the instructions of a warm request: the difference of two runs, so that the start does not count.
async fn count(
    folder: &Path,
    aws: &AwsStandIn,
    requests: &AccountRequests,
) -> Result<(), BoxError> {
    say("| function | instructions of a start | instructions of a warm request |");
    say("|---|---|---|");
    for program in PROGRAMS.iter().filter(|program| program.storage) {
        let mut counts = Vec::new();
        for requests_count in [vec![0], COUNTED.to_vec()].concat() {
            let events = events(program, requests);
            let mut function = RunningFunction::start(folder, program, aws, &callgrind()).await?;
            function.ready().await?;
            for _ in 0..requests_count {
                function.answer(&events.with_storage()).await?;
            }
            counts.push(function.instructions().await?);
        }
        let [start, few, many] = counts[..] else { return Err("three runs".into()) };
        let requests = u64::try_from(COUNTED[1] - COUNTED[0])?;
        let each = (many - few) / requests;
        say(&format!("| {} | {} | {} |", program.label(), thousands(start), thousands(each)));
    }
    Ok(())
}

/// Returns the command in front of a program that counts its instructions.
fn callgrind() -> [&'static str; 3] {
    ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"]
}

fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<_> = digits.as_bytes().rchunks(3).rev().collect();
    let text = |group: &&[u8]| String::from_utf8_lossy(group).into_owned();
    groups.iter().map(text).collect::<Vec<_>>().join(",")
}
