//! The content of a statement besides its lines: account, period and balances.

use jiff::civil::{Date, DateTime};
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};

/// The content of a statement besides its lines.
///
/// The ids and codes come from our own code and are not checked. A format cuts what is too long
/// for it.
#[derive(Clone, Debug)]
pub struct Statement {
    /// Account, as `acc_` and 26 characters.
    pub account_id: String,
    /// ISPB of the institution, 8 characters.
    pub ispb: String,
    /// Three-digit code of the institution among banks; not every institution has one.
    pub compe: Option<String>,
    /// First instant of the period.
    pub from: Timestamp,
    /// First instant after the period.
    pub until: Timestamp,
    /// Time zone of the days.
    pub time_zone: TimeZone,
    /// Balance before the first line, in cents.
    pub opening_cents: u64,
    /// Balance after the last line, in cents.
    pub closing_cents: u64,
}

/// An instant in the account's time zone.
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

    /// Returns the last second of the period. Formats include the end in the period, so midnight
    /// would add a day.
    pub(crate) fn last_second(&self) -> Timestamp {
        let second = SignedDuration::from_secs(1);
        self.until.checked_sub(second).map_or(self.from, |last| last.max(self.from))
    }

    /// Returns an id of the file that is the same for the same statement: the random part of the
    /// account's id, and both ends of the period in seconds. At most 35 characters.
    pub(crate) fn id(&self) -> String {
        let account = crate::text::cut_front(&self.account_id, 13);
        let id = format!("{account}-{}-{}", self.from.as_second(), self.until.as_second());
        crate::text::cut(&id, 35).to_owned()
    }
}
