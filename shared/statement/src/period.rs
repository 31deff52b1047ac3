//! What a statement is of: an account, a period, and what the balance was around it.

use jiff::civil::{Date, DateTime};
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};

/// What a statement is of: everything but its lines.
///
/// The ids and codes are ours and trusted to be what they say; a format cuts what is too long for it.
#[derive(Clone, Debug)]
pub struct Statement {
    /// The account, `acc_` and 26 characters.
    pub account_id: String,
    /// The institution that keeps it: 8 characters, as the central bank knows it.
    pub ispb: String,
    /// The three digits of that institution where banks are known by them; not every one has such.
    pub compe: Option<String>,
    /// The first instant of the period.
    pub from: Timestamp,
    /// The first instant after it.
    pub until: Timestamp,
    /// The zone by which it counts its days.
    pub time_zone: TimeZone,
    /// The balance before the first line.
    pub opening_cents: u64,
    /// The balance after the last line.
    pub closing_cents: u64,
}

/// An instant as the clocks of the account's zone show it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LocalInstant {
    pub(crate) at: Timestamp,
    pub(crate) civil: DateTime,
    pub(crate) offset: Offset,
}

impl LocalInstant {
    pub(crate) fn date(self) -> Date {
        self.civil.date()
    }
}

impl Statement {
    pub(crate) fn local(&self, at: Timestamp) -> LocalInstant {
        let offset = self.time_zone.to_offset(at);
        LocalInstant { at, civil: offset.to_datetime(at), offset }
    }

    pub(crate) fn contains(&self, at: Timestamp) -> bool {
        self.from <= at && at < self.until
    }

    /// The last second of the period. Formats name the end of a period as a part of it: midnight would
    /// put a day too many into it.
    pub(crate) fn last_second(&self) -> Timestamp {
        let second = SignedDuration::from_secs(1);
        self.until.checked_sub(second).map_or(self.from, |last| last.max(self.from))
    }

    /// An id of the file that is the same whenever the same statement is written: what is drawn by lot
    /// in the account's id, and the two ends of the period in seconds. At most 35 characters.
    pub(crate) fn id(&self) -> String {
        let account = crate::text::cut_front(&self.account_id, 13);
        let id = format!("{account}-{}-{}", self.from.as_second(), self.until.as_second());
        crate::text::cut(&id, 35).to_owned()
    }
}
