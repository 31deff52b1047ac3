//! Periods of whole days in a time zone, which statements cover.
//!
//! The days of an account are days of São Paulo; a caller with other books can choose other days.
//! The binary contains the zones of the tz database, because Lambda has no such files.
use crate::kernel::{Code, Error};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Time after the last day of a period from which the period is closed. An entry has the instant at
/// which its function began, and no function runs this long.
pub const CLOSED_AFTER: SignedDuration = SignedDuration::from_mins(5);

/// A time zone by its IANA name, such as `America/Sao_Paulo`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Zone(TimeZone);

impl Zone {
    /// Returns the name in the tz database.
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// Returns the zone itself.
    pub const fn time_zone(&self) -> &TimeZone {
        &self.0
    }

    /// Returns the date in the zone.
    pub fn date(&self, at: Timestamp) -> Date {
        self.0.to_datetime(at).date()
    }

    /// Returns the begin of a day in the zone: midnight, or the first instant after it if the local
    /// time skips midnight.
    pub fn begins(&self, date: Date) -> Timestamp {
        // The first and last days of the calendar are partly outside the range of instants.
        let bound = if date.year() < 0 { Timestamp::MIN } else { Timestamp::MAX };
        date.to_zoned(self.0.clone()).map_or(bound, |start| start.timestamp())
    }
}

impl Default for Zone {
    fn default() -> Self {
        Self(brazil::sao_paulo())
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl From<Zone> for String {
    fn from(zone: Zone) -> Self {
        zone.name().to_owned()
    }
}

/// No zone of the tz database has this name. Holds the zone's own spelling if only the case is wrong.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "unknown time zone; {}",
    .0.as_ref().map_or_else(
        || "send a name of the tz database, such as America/Sao_Paulo".to_owned(),
        |name| format!("did you mean {name}? Upper and lower case count"),
    )
)]
pub struct UnknownZone(Option<String>);

impl TryFrom<String> for Zone {
    type Error = UnknownZone;

    fn try_from(name: String) -> Result<Self, UnknownZone> {
        // The look-up ignores case. Only the tz database's own spelling is accepted, so that each
        // zone has one name everywhere.
        match TimeZone::get(&name) {
            Ok(zone) if zone.iana_name() == Some(&name) => Ok(Self(zone)),
            near => {
                Err(UnknownZone(near.ok().and_then(|zone| zone.iana_name().map(str::to_owned))))
            }
        }
    }
}

impl JsonSchema for Zone {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "TimeZone".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "description": "A time zone of the tz database.",
            "examples": ["America/Sao_Paulo"],
        })
    }
}

/// Whole days, first and last day included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// First day.
    pub from: Date,
    /// Last day, which belongs to the period.
    pub until: Date,
    /// Time zone of the days.
    pub time_zone: Zone,
}

impl Period {
    /// Returns the first instant of the period.
    pub fn begins_at(&self) -> Timestamp {
        self.time_zone.begins(self.from)
    }

    /// Returns the first instant after the period.
    pub fn ends_at(&self) -> Timestamp {
        self.until.tomorrow().map_or(Timestamp::MAX, |next| self.time_zone.begins(next))
    }

    /// Returns the time from which no entry can join the period.
    pub fn closed_from(&self) -> Timestamp {
        self.ends_at().checked_add(CLOSED_AFTER).unwrap_or(Timestamp::MAX)
    }

    /// Refuses a period that an entry can still join.
    pub fn require_closed(&self, now: Timestamp) -> Result<(), Error> {
        let closed_from = self.closed_from();
        if now >= closed_from {
            return Ok(());
        }
        Err(Error::refused(
            Code::PeriodOpen,
            format!(
                "the period is not complete before {closed_from}; try again then, or send an earlier last day"
            ),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn period(from: &str, until: &str, zone: &str) -> Period {
        let date = |text: &str| text.parse().expect("a date");
        let time_zone = Zone::try_from(zone.to_owned()).expect("a zone");
        Period { from: date(from), until: date(until), time_zone }
    }

    #[track_caller]
    fn check(day: &str, zone: &str, begins_at: &str, ends_at: &str) {
        let period = period(day, day, zone);
        let bounds = [period.begins_at(), period.ends_at()].map(|at| at.to_string());
        assert_eq!(bounds, [begins_at, ends_at]);
    }

    #[test]
    fn a_day_has_the_length_of_local_time() {
        check("2026-11-25", "America/Sao_Paulo", "2026-11-25T03:00:00Z", "2026-11-26T03:00:00Z");
        check("2026-11-25", "America/Manaus", "2026-11-25T04:00:00Z", "2026-11-26T04:00:00Z");
        // 23 and 25 hours.
        check("2026-03-08", "America/New_York", "2026-03-08T05:00:00Z", "2026-03-09T04:00:00Z");
        check("2026-11-01", "America/New_York", "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z");
        // São Paulo skipped this midnight, and repeated the hour before that one.
        check("2018-11-04", "America/Sao_Paulo", "2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z");
        check("2019-02-16", "America/Sao_Paulo", "2019-02-16T02:00:00Z", "2019-02-17T03:00:00Z");
    }

    #[test]
    fn days_follow_each_other_without_a_gap() {
        for zone in ["America/Sao_Paulo", "America/New_York", "Australia/Lord_Howe", "Asia/Gaza"] {
            let mut day = period("2018-01-01", "2018-01-01", zone);
            for _ in 0..800 {
                let next = day.until.tomorrow().expect("within the calendar");
                let next = Period { from: next, until: next, ..day.clone() };
                assert_eq!(day.ends_at(), next.begins_at(), "{day:?}");
                assert!(day.begins_at() < day.ends_at());
                day = next;
            }
        }
    }

    #[test]
    fn a_period_is_closed_five_minutes_after_its_last_day() {
        let period = period("2026-11-01", "2026-11-24", "America/Sao_Paulo");
        let at = |text: &str| text.parse::<Timestamp>().expect("a time");
        assert!(period.require_closed(at("2026-11-25T03:05:00Z")).is_ok());
        let open = period.require_closed(at("2026-11-25T03:04:59Z"));
        assert!(matches!(open, Err(Error::Refused { code: Code::PeriodOpen, .. })));
    }

    #[test]
    fn a_zone_has_the_spelling_of_the_tz_database() {
        for name in ["America/Sao_Paulo", "UTC", "Etc/GMT+3", "Brazil/East"] {
            let zone = Zone::try_from(name.to_owned()).expect("a zone");
            assert_eq!(String::from(zone), name);
        }
        for name in ["", "america/sao_paulo", "BRT", "-03:00", "America/Brasilia", "../etc/passwd"]
        {
            assert!(Zone::try_from(name.to_owned()).is_err(), "{name}");
        }
        let refusal = |name: &str| Zone::try_from(name.to_owned()).expect_err(name).to_string();
        assert_eq!(
            refusal("America/Sao_paulo"),
            "unknown time zone; did you mean America/Sao_Paulo? Upper and lower case count"
        );
        assert!(refusal("BRT").ends_with("such as America/Sao_Paulo"), "{}", refusal("BRT"));
        assert_eq!(Zone::default().name(), "America/Sao_Paulo");
    }

    #[test]
    fn the_ends_of_the_calendar_do_not_panic() {
        let all = period("-009999-01-01", "9999-12-31", "Asia/Tokyo");
        assert!(all.begins_at() < all.ends_at());
    }
}
