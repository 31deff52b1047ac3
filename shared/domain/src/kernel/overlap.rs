//! The overlap of a rotation: the time during which the previous secret still works.
use crate::kernel::{Error, Flaw};
use jiff::SignedDuration;

/// Longest overlap: a week.
const OVERLAP_SECONDS_MAX: u32 = 7 * 24 * 60 * 60;

/// The overlap if the caller names none: a day, so that a rotation interrupts nothing.
const OVERLAP_SECONDS_DEFAULT: u32 = 24 * 60 * 60;

/// Reads the overlap of a rotation, in seconds.
pub fn overlap(overlap_seconds: Option<u32>) -> Result<SignedDuration, Error> {
    let overlap_seconds = overlap_seconds.unwrap_or(OVERLAP_SECONDS_DEFAULT);
    if overlap_seconds > OVERLAP_SECONDS_MAX {
        let detail = format!("the overlap must be 0 to {OVERLAP_SECONDS_MAX} seconds");
        return Err(Error::invalid("overlap_seconds", Flaw::OutOfRange, detail));
    }
    Ok(SignedDuration::from_secs(i64::from(overlap_seconds)))
}
