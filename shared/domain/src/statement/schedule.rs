//! A schedule of statements: one file for each day, week or month, once the period is closed.
//!
//! The next period is part of the schedule and moves on with each export in the same transaction. So each
//! period is exported once, even if the scheduler runs twice or late.
use crate::kernel::{AccountId, ExportId, Id, Period, ScheduleId, UserId, Zone, string_enum};
use crate::statement::{CsvDialect, ExportFormat, NewExport, StatementExport};
use jiff::civil::{Date, DateTime, Time};
use jiff::{Timestamp, ToSpan};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;
use ulid::Ulid;

/// The most schedules of an account.
pub const SCHEDULES_MAX: u64 = 20;

/// The first time of the files without a time. They are spread over an hour, so that not all run at
/// midnight.
const SPREAD_FROM: Time = Time::constant(0, 10, 0, 0);
/// The minutes that they are spread over.
const SPREAD_MINUTES: u128 = 60;

string_enum! {
    /// How often a schedule writes a file.
    Frequency {
        /// One file for each day.
        Daily = "daily",
        /// One file for each week, from Monday to Sunday.
        Weekly = "weekly",
        /// One file for each calendar month.
        Monthly = "monthly",
    }
}

string_enum! {
    /// Status of a schedule.
    ScheduleStatus {
        /// Trilho writes the files.
        Active = "active",
        /// Trilho writes no files. It does not write periods that end during the pause later.
        Paused = "paused",
    }
}

/// A minute of the day, as `06:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct TimeOfDay(Time);

/// A text that is not a time of day.
#[derive(Debug, thiserror::Error)]
#[error("not a time of day; write it like 06:00")]
pub struct TimeOfDayError;

impl TryFrom<String> for TimeOfDay {
    type Error = TimeOfDayError;

    fn try_from(text: String) -> Result<Self, TimeOfDayError> {
        let number = |text: &str| match text.as_bytes() {
            [b'0'..=b'9', b'0'..=b'9'] => text.parse().ok(),
            _ => None,
        };
        let parts = text
            .split_once(':')
            .and_then(|(hour, minute)| Time::new(number(hour)?, number(minute)?, 0, 0).ok());
        parts.map(Self).ok_or(TimeOfDayError)
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0.hour(), self.0.minute())
    }
}

impl From<TimeOfDay> for String {
    fn from(time: TimeOfDay) -> Self {
        time.to_string()
    }
}

impl JsonSchema for TimeOfDay {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "TimeOfDay".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$",
            "examples": ["06:00"],
        })
    }
}

/// A request for a schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewSchedule {
    /// How often the schedule writes a file.
    pub frequency: Frequency,
    /// Time of the day after the period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<TimeOfDay>,
    /// Time zone of the days and the time.
    pub time_zone: Zone,
    /// Format of the file.
    pub format: ExportFormat,
    /// Dialect, for a format that has dialects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dialect: Option<CsvDialect>,
    /// Origin of the API that received the request: `https://` and a host.
    pub origin: String,
}

/// A schedule as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementSchedule {
    /// Id of the schedule.
    pub id: ScheduleId,
    /// Account of the schedule.
    pub account_id: AccountId,
    /// Status of the schedule.
    pub status: ScheduleStatus,
    /// Request of the schedule.
    pub request: NewSchedule,
    /// Period of the next file.
    pub next: Period,
    /// Time at which the next file is requested.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Timestamp>,
    /// Start of the current or last pause.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paused_at: Option<Timestamp>,
    /// Day on which the last pause ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resumed_on: Option<Date>,
    /// Id of the last export.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_export_id: Option<ExportId>,
    /// Time at which the schedule was created.
    pub created_at: Timestamp,
    /// User who created the schedule.
    pub created_by: UserId,
    /// Version of the row.
    pub version: u64,
}

impl StatementSchedule {
    /// Returns a schedule. Its first file is of the day, week or month of `from`. If that period is
    /// closed, the file is due at once.
    pub fn open(
        id: ScheduleId,
        (account_id, created_by): (AccountId, UserId),
        request: NewSchedule,
        from: Date,
        now: Timestamp,
    ) -> Self {
        let mut schedule = Self {
            id,
            account_id,
            status: ScheduleStatus::Active,
            next: period_of(&request, from),
            request,
            due_at: None,
            paused_at: None,
            resumed_on: None,
            last_export_id: None,
            created_at: now,
            created_by,
            version: 0,
        };
        schedule.due_at = Some(schedule.runs_at());
        schedule
    }

    /// Pauses the schedule, or resumes it with the current period.
    pub fn set(&mut self, status: ScheduleStatus, now: Timestamp) {
        if self.status == status {
            return;
        }
        self.status = status;
        self.due_at = match status {
            ScheduleStatus::Paused => {
                self.paused_at = Some(now);
                None
            }
            ScheduleStatus::Active => {
                self.resumed_on = Some(self.request.time_zone.date(now));
                self.next = self.without_pause(self.next.clone());
                Some(self.runs_at())
            }
        };
    }

    /// Returns the export that is due, and moves on to the next period. Returns `None` if none is due. The
    /// version of the schedule, which the same transaction writes, keeps a period from being requested
    /// twice. The id of the export has the time of the request, so lists show it by its creation.
    pub fn advance(&mut self, now: Timestamp) -> Option<StatementExport> {
        self.due_at.filter(|at| *at <= now)?;
        let milliseconds = u64::try_from(now.as_millisecond()).unwrap_or_default();
        let id = ExportId::from_ulid(Ulid::from_parts(milliseconds, self.id.ulid().random()));
        // Exports of one instant sort in the order of their periods.
        let id = self.last_export_id.map_or(id, |last| id.max(last.next()));
        let request = NewExport {
            period: self.next.clone(),
            format: self.request.format,
            dialect: self.request.dialect,
            origin: self.request.origin.clone(),
            schedule_id: Some(self.id),
        };
        // There is no period after the last day of the calendar.
        self.due_at = self.next.until.tomorrow().ok().map(|following| {
            self.next = self.without_pause(period_of(&self.request, following));
            self.runs_at()
        });
        self.last_export_id = Some(id);
        Some(StatementExport::open(id, (self.account_id, self.created_by), request, now))
    }

    /// Returns the period that the schedule writes next. If the period ended during the pause, returns
    /// the period in which the schedule resumed. A period that ended before the pause stays.
    fn without_pause(&self, period: Period) -> Period {
        let Some((paused_at, resumed_on)) = self.paused_at.zip(self.resumed_on) else {
            return period;
        };
        let running = period_of(&self.request, resumed_on);
        if period.ends_at() > paused_at && period.from < running.from { running } else { period }
    }

    /// Returns the time of the next file: the requested time on the day after the period. If a change of
    /// the clocks repeats that time, the first one; if it skips it, an hour later. Never before the period
    /// is closed.
    fn runs_at(&self) -> Timestamp {
        let date = self.next.until.tomorrow().unwrap_or(Date::MAX);
        let at = DateTime::from_parts(
            date,
            self.request.at.map_or_else(|| self.default_time(), |at| at.0),
        );
        let zone = self.request.time_zone.time_zone();
        let requested = zone.to_timestamp(at).unwrap_or(Timestamp::MAX);
        requested.max(self.next.closed_from())
    }

    /// Returns the minute of this schedule, derived from its id.
    fn default_time(&self) -> Time {
        let minutes = i64::try_from(self.id.ulid().random() % SPREAD_MINUTES).unwrap_or_default();
        SPREAD_FROM.wrapping_add(minutes.minutes())
    }
}

/// Returns the day, week or month of a date.
fn period_of(request: &NewSchedule, date: Date) -> Period {
    let (from, until) = match request.frequency {
        Frequency::Daily => (date, date),
        Frequency::Weekly => {
            let monday = i64::from(date.weekday().to_monday_zero_offset());
            (
                date.checked_sub(monday.days()).unwrap_or(date),
                date.checked_add((6 - monday).days()).unwrap_or(Date::MAX),
            )
        }
        Frequency::Monthly => (date.first_of_month(), date.last_of_month()),
    };
    Period { from, until, time_zone: request.time_zone.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    fn schedule(
        frequency: Frequency,
        time: Option<&str>,
        zone: &str,
        now: &str,
    ) -> StatementSchedule {
        let request = NewSchedule {
            frequency,
            at: time.map(|time| TimeOfDay::try_from(time.to_owned()).expect("a time of the day")),
            time_zone: Zone::try_from(zone.to_owned()).expect("a zone"),
            format: ExportFormat::Ofx,
            dialect: None,
            origin: "https://api.example.com".to_owned(),
        };
        let (now, zone) = (at(now), request.time_zone.clone());
        let author = (
            AccountId::from_ulid(Ulid::from_parts(1, 1)),
            UserId::from_ulid(Ulid::from_parts(1, 2)),
        );
        StatementSchedule::open(
            ScheduleId::from_ulid(Ulid::from_parts(1, 25)),
            author,
            request,
            zone.date(now),
            now,
        )
    }

    /// Returns the next runs, each with its time and its period.
    fn runs(schedule: &mut StatementSchedule, count: usize) -> Vec<(String, String)> {
        let run = |_| {
            let run_at = schedule.due_at.expect("it is active");
            let export = schedule.advance(run_at).expect("it is due");
            let Period { from, until, .. } = export.request.period;
            (run_at.to_string(), format!("{from}/{until}"))
        };
        (0..count).map(run).collect()
    }

    #[track_caller]
    fn check(schedule: &mut StatementSchedule, expected: &[(&str, &str)]) {
        let runs = runs(schedule, expected.len());
        let runs: Vec<_> = runs.iter().map(|(at, of)| (at.as_str(), of.as_str())).collect();
        assert_eq!(runs, expected);
    }

    #[test]
    fn each_period_runs_at_its_time_of_the_day_after() {
        let zone = "America/Sao_Paulo";
        let daily = &mut schedule(Frequency::Daily, Some("06:30"), zone, "2026-11-25T12:00:00Z");
        check(
            daily,
            &[
                ("2026-11-26T09:30:00Z", "2026-11-25/2026-11-25"),
                ("2026-11-27T09:30:00Z", "2026-11-26/2026-11-26"),
            ],
        );
        let weekly = &mut schedule(Frequency::Weekly, Some("06:30"), zone, "2026-11-25T12:00:00Z");
        check(
            weekly,
            &[
                ("2026-11-30T09:30:00Z", "2026-11-23/2026-11-29"),
                ("2026-12-07T09:30:00Z", "2026-11-30/2026-12-06"),
            ],
        );
        let monthly =
            &mut schedule(Frequency::Monthly, Some("06:30"), zone, "2028-01-31T12:00:00Z");
        check(
            monthly,
            &[
                ("2028-02-01T09:30:00Z", "2028-01-01/2028-01-31"),
                ("2028-03-01T09:30:00Z", "2028-02-01/2028-02-29"),
            ],
        );
    }

    /// A file is of a closed period, even if the requested time is earlier.
    #[test]
    fn no_run_is_before_its_period_is_closed() {
        let daily = &mut schedule(Frequency::Daily, Some("00:00"), "UTC", "2026-11-25T12:00:00Z");
        check(daily, &[("2026-11-26T00:05:00Z", "2026-11-25/2026-11-25")]);
    }

    #[test]
    fn schedules_without_a_time_are_spread_over_an_hour() {
        let mut minutes = std::collections::BTreeSet::new();
        for random in 0..240 {
            let mut daily = schedule(Frequency::Daily, None, "UTC", "2026-11-25T12:00:00Z");
            daily.id = ScheduleId::from_ulid(Ulid::from_parts(1, random));
            let runs_at = daily.runs_at();
            assert!((at("2026-11-26T00:10:00Z")..at("2026-11-26T01:10:00Z")).contains(&runs_at));
            minutes.insert(runs_at);
        }
        assert_eq!(minutes.len(), 60);
    }

    /// Fault row 97. The clocks of New York skip 02:30 on 8 March, and have 01:30 twice on 1 November.
    #[test]
    fn a_time_that_is_skipped_runs_an_hour_later_and_one_that_comes_twice_once() {
        let zone = "America/New_York";
        let gap = &mut schedule(Frequency::Daily, Some("02:30"), zone, "2026-03-06T12:00:00Z");
        check(
            gap,
            &[
                ("2026-03-07T07:30:00Z", "2026-03-06/2026-03-06"),
                ("2026-03-08T07:30:00Z", "2026-03-07/2026-03-07"),
                ("2026-03-09T06:30:00Z", "2026-03-08/2026-03-08"),
            ],
        );
        let fold = &mut schedule(Frequency::Daily, Some("01:30"), zone, "2026-10-31T12:00:00Z");
        check(
            fold,
            &[
                ("2026-11-01T05:30:00Z", "2026-10-31/2026-10-31"),
                ("2026-11-02T06:30:00Z", "2026-11-01/2026-11-01"),
            ],
        );
    }

    /// Fault row 97. Each period has exactly one file, even if the scheduler runs late.
    #[test]
    fn missed_runs_are_caught_up_one_by_one() {
        let daily = &mut schedule(Frequency::Daily, Some("06:30"), "UTC", "2026-11-25T12:00:00Z");
        let late = at("2026-11-28T09:00:00Z");
        let mut ids = std::collections::BTreeSet::new();
        let mut periods = Vec::new();
        while let Some(export) = daily.advance(late) {
            ids.insert(export.id);
            periods.push(export.request.period.from.to_string());
            assert_eq!(daily.last_export_id, Some(export.id));
        }
        assert_eq!(periods, ["2026-11-25", "2026-11-26", "2026-11-27"]);
        assert_eq!(ids.len(), 3);
    }

    #[test]
    fn a_period_that_ended_during_a_pause_is_not_written() {
        let daily = &mut schedule(Frequency::Daily, Some("06:30"), "UTC", "2026-11-25T12:00:00Z");
        daily.set(ScheduleStatus::Paused, at("2026-11-25T13:00:00Z"));
        assert!(daily.advance(at("2026-11-27T12:00:00Z")).is_none());
        daily.set(ScheduleStatus::Active, at("2026-11-29T13:00:00Z"));
        check(daily, &[("2026-11-30T06:30:00Z", "2026-11-29/2026-11-29")]);
        // A pause after a period was written does not write it again.
        daily.set(ScheduleStatus::Paused, at("2026-11-29T14:00:00Z"));
        daily.set(ScheduleStatus::Active, at("2026-11-29T15:00:00Z"));
        check(daily, &[("2026-12-01T06:30:00Z", "2026-11-30/2026-11-30")]);
    }

    #[test]
    fn a_period_that_ended_before_a_pause_is_written_after_it() {
        let daily = &mut schedule(Frequency::Daily, Some("06:30"), "UTC", "2026-11-25T12:00:00Z");
        daily.set(ScheduleStatus::Paused, at("2026-11-26T02:00:00Z"));
        daily.set(ScheduleStatus::Active, at("2026-11-28T02:00:00Z"));
        let expected = [
            ("2026-11-26T06:30:00Z", "2026-11-25/2026-11-25"),
            ("2026-11-29T06:30:00Z", "2026-11-28/2026-11-28"),
        ];
        check(daily, &expected);
    }

    #[test]
    fn a_time_of_the_day_has_two_digits_each() {
        for text in ["00:00", "06:05", "23:59"] {
            assert_eq!(TimeOfDay::try_from(text.to_owned()).expect(text).to_string(), text);
        }
        for text in ["", "6:00", "24:00", "06:60", "06:00:00", "+6:00", "06-00", "٠٦:٠٠"] {
            assert!(TimeOfDay::try_from(text.to_owned()).is_err(), "{text}");
        }
    }
}
