//! Times as the begin of sort keys.

use jiff::Timestamp;

/// Sorts by time: milliseconds in 13 digits reach the year 2286. No time is before 1970.
pub(crate) fn due_at(at: Timestamp) -> String {
    format!("{:013}", at.as_millisecond().max(0))
}

/// Reads the time at the begin of a sort key of the due index. Returns `None` if it has none.
pub(crate) fn parse_due_at(text: &str) -> Option<Timestamp> {
    let milliseconds = text.get(..13)?.parse().ok()?;
    Timestamp::from_millisecond(milliseconds).ok()
}
