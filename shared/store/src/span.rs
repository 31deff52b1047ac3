//! Spans of time as ranges of ids.

use domain::kernel::{ChargeId, Id};
use jiff::Timestamp;
use ulid::Ulid;

/// A span of time, from inclusive to exclusive.
#[derive(Debug, Clone, Copy, Default)]
pub struct Span {
    /// First instant of the span.
    pub from: Option<Timestamp>,
    /// First instant after the span.
    pub until: Option<Timestamp>,
    /// Upper bound (exclusive) of the ULID of an id.
    pub before: Option<Ulid>,
}

impl Span {
    /// Returns true if the id belongs to the span.
    pub fn contains<I: Id + ToString>(self, id: &I) -> bool {
        let (first, last) = self.ids::<I>();
        let id = id.to_string();
        first <= id && id <= last
    }

    /// Returns the first and last text of a ULID of the span, as far as the span has ends. A longer text that
    /// begins with a ULID of the span belongs to it.
    pub(crate) fn ulids(self) -> (Option<String>, Option<String>) {
        let (first, last) = self.ids::<ChargeId>();
        let ulid = |id: &str| id.strip_prefix(ChargeId::PREFIX).unwrap_or_default().to_owned();
        let until = (self.until.is_some() || self.before.is_some()).then(|| ulid(&last) + "~");
        (self.from.map(|_| ulid(&first)), until)
    }

    /// Returns the last id of the span. Returns `None` if the span has no end or no id.
    pub fn last_id<I: Id + ToString>(self) -> Option<I> {
        I::parse(&self.ids::<I>().1).ok()
    }

    /// Returns the first and last id of the span. Ids begin with their time in milliseconds.
    pub(crate) fn ids<I: Id + ToString>(self) -> (String, String) {
        // The first millisecond that is not before the instant. It is computed in integers,
        // because the earliest timestamp has no millisecond before it.
        let reached = |at: Timestamp| {
            let whole = at.as_millisecond();
            let cut = at.as_nanosecond() > i128::from(whole) * 1_000_000;
            u64::try_from(whole + i64::from(cut)).unwrap_or(0)
        };
        let id = |milliseconds: u64, random: u128| {
            I::from_ulid(Ulid::from_parts(milliseconds, random)).to_string()
        };
        let from = self.from.map_or_else(|| I::PREFIX.to_owned(), |at| id(reached(at), 0));
        let until = match self.until.map(reached) {
            None => format!("{}~", I::PREFIX),
            // Every id is longer than the prefix, so this range is empty.
            Some(0) => I::PREFIX.to_owned(),
            Some(milliseconds) => id(milliseconds - 1, u128::MAX),
        };
        let before = |ulid: Ulid| match u128::from(ulid).checked_sub(1) {
            None => I::PREFIX.to_owned(),
            Some(last) => I::from_ulid(Ulid::from(last)).to_string(),
        };
        (from, self.before.map_or(until.clone(), before).min(until))
    }
}

/// Returns the first and last id with the same millisecond as the ULID.
pub(crate) fn same_time<I: Id + ToString>(ulid: Ulid) -> (String, String) {
    let id = |random| I::from_ulid(Ulid::from_parts(ulid.timestamp_ms(), random)).to_string();
    (id(0), id(u128::MAX))
}
