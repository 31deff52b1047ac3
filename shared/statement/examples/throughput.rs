//! Measures the lines per second and the memory of a format.
//!
//! `cargo run --release --package statement --example throughput ofx_102 1000000`

#![expect(clippy::print_stdout, reason = "the program prints its measurements")]

mod books;

use std::error::Error;
use std::time::{Duration, Instant};
use std::{env, fs};

use statement::{Format, Writer};

const BUFFER_BYTES: usize = 8 * 1024 * 1024;
/// Maximum bytes of a line.
const LINE_BYTES_MAX: usize = 16 * 1024;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let name = arguments.next().ok_or("name a format: csv_br, ofx_102, ...")?;
    let format = Format::ALL.into_iter().find(|format| format.as_str() == name);
    let format = format.ok_or("unknown format")?;
    let lines = arguments.next().map_or(Ok(1_000_000), |count| count.parse())?;
    let began = now();
    // Computes all lines once, for the closing balance.
    let statement = books::statement(lines);
    let making = began.elapsed();
    let began = now();
    let (mut out, mut bytes) = (Vec::with_capacity(BUFFER_BYTES), 0);
    let mut writer = Writer::begin(format, statement, &mut out);
    for line in books::lines(lines) {
        writer.line(&line, &mut out)?;
        if out.len() > BUFFER_BYTES - LINE_BYTES_MAX {
            bytes += out.len();
            out.clear();
        }
    }
    writer.finish(&mut out)?;
    bytes += out.len();
    let all = began.elapsed();
    println!(
        "{name}: {lines} lines, {bytes} bytes, {} lines/s ({} without making them), peak {} KiB",
        per_second(lines, all),
        per_second(lines, all.saturating_sub(making)),
        peak_kib()?,
    );
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "the program measures time")]
fn now() -> Instant {
    Instant::now()
}

fn per_second(lines: u64, time: Duration) -> u128 {
    u128::from(lines) * 1_000_000 / time.as_micros().max(1)
}

/// Returns the peak memory of this process, as Linux counts it.
fn peak_kib() -> Result<u64, Box<dyn Error>> {
    let status = fs::read_to_string("/proc/self/status")?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    Ok(peak.ok_or("no VmHWM")?.trim().trim_end_matches(" kB").parse()?)
}
