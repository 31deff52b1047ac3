//! How long a secret works beside the one that replaces it.
use crate::kernel::{Error, Flaw};
use jiff::SignedDuration;

/// The longest: a week.
const OVERLAP_SECONDS_MAX: u32 = 7 * 24 * 60 * 60;

/// Reads the overlap of a rotation.
pub fn overlap(overlap_seconds: u32) -> Result<SignedDuration, Error> {
    if overlap_seconds > OVERLAP_SECONDS_MAX {
        let detail = format!("the overlap is 0 to {OVERLAP_SECONDS_MAX} seconds");
        return Err(Error::invalid("overlap_seconds", Flaw::OutOfRange, detail));
    }
    Ok(SignedDuration::from_secs(i64::from(overlap_seconds)))
}
