//! A schedule of statements: each day, week or month its own file, once the period is over.
//!
//! The next period is part of the schedule and moves on with each export in the same transaction, so a
//! period is exported once however often the clock comes round, and none is left out however late it
//! comes.
use crate::kernel::{AccountId, ExportId, Id, Period, ScheduleId, UserId, Zone, string_enum};
use crate::statement::{CsvDialect, ExportFormat, NewExport, StatementExport};
use jiff::civil::{Date, DateTime, Time};
use jiff::{Timestamp, ToSpan};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;
use ulid::Ulid;

/// How many schedules an account has at most.
pub const SCHEDULES_MAX: u64 = 20;

/// Files that no time is wished for are spread over an hour, from this time on, so that midnight is
/// not everybody's.
const SPREAD_FROM: Time = Time::constant(0, 10, 0, 0);
/// Minutes they are spread over.
const SPREAD_MINUTES: u128 = 60;

string_enum! {
    /// How often.
    Frequency {
        /// Each day.
        Daily = "daily",
        /// Each week, from Monday to Sunday.
        Weekly = "weekly",
        /// Each month of the calendar.
        Monthly = "monthly",
    }
}

string_enum! {
    /// Where a schedule stands.
    ScheduleStatus {
        /// Files are written.
        Active = "active",
        /// None is. What ends while it is paused is not written later.
        Paused = "paused",
    }
}

/// A minute of the day, as `06:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct TimeOfDay(Time);

/// No minute of a day.
#[derive(Debug, thiserror::Error)]
#[error("this is no time of the day; it is written as 06:00")]
pub struct NotATime;

impl TryFrom<String> for TimeOfDay {
    type Error = NotATime;

    fn try_from(text: String) -> Result<Self, NotATime> {
        let number = |text: &str| match text.as_bytes() {
            [b'0'..=b'9', b'0'..=b'9'] => text.parse().ok(),
            _ => None,
        };
        let parts = text
            .split_once(':')
            .and_then(|(hour, minute)| Time::new(number(hour)?, number(minute)?, 0, 0).ok());
        parts.map(Self).ok_or(NotATime)
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

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewSchedule {
    /// How often.
    pub frequency: Frequency,
    /// At what time of the day after the period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<TimeOfDay>,
    /// Whose days and clock.
    pub time_zone: Zone,
    /// As what.
    pub format: ExportFormat,
    /// How, for a format that has dialects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dialect: Option<CsvDialect>,
    /// Where the API is reached that it was asked of.
    pub origin: String,
}

/// A schedule as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementSchedule {
    /// Its id.
    pub id: ScheduleId,
    /// Whose.
    pub account_id: AccountId,
    /// Where it stands.
    pub status: ScheduleStatus,
    /// What was asked for.
    pub asked: NewSchedule,
    /// The period of the next file.
    pub next: Period,
    /// When that is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Timestamp>,
    /// Since when it is paused, or was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paused_at: Option<Timestamp>,
    /// The first day that is written again after a pause.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resumed_on: Option<Date>,
    /// The last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_export_id: Option<ExportId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// By whom.
    pub created_by: UserId,
    /// Counts the changes.
    pub version: u64,
}

impl StatementSchedule {
    /// Makes a schedule. Its first file is of the day, week or month of this day; what is over by then
    /// comes due at once.
    pub fn open(
        id: ScheduleId,
        (account_id, created_by): (AccountId, UserId),
        asked: NewSchedule,
        from: Date,
        now: Timestamp,
    ) -> Self {
        let mut schedule = Self {
            id,
            account_id,
            status: ScheduleStatus::Active,
            next: period_of(&asked, from),
            asked,
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

    /// Stops it, or lets it go on with the period that runs.
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
                self.resumed_on = Some(self.asked.time_zone.date(now));
                self.next = self.unless_paused(self.next.clone());
                Some(self.runs_at())
            }
        };
    }

    /// Asks for the file whose time has come, and moves on to the next. The id of an export is made
    /// from its schedule and its period: nobody can ask for the same one twice.
    pub fn advance(&mut self, now: Timestamp) -> Option<StatementExport> {
        let run_at = self.due_at.filter(|at| *at <= now)?;
        let milliseconds = u64::try_from(run_at.as_millisecond()).unwrap_or_default();
        let id = ExportId::from_ulid(Ulid::from_parts(milliseconds, self.id.ulid().random()));
        let asked = NewExport {
            period: self.next.clone(),
            format: self.asked.format,
            dialect: self.asked.dialect,
            origin: self.asked.origin.clone(),
            schedule_id: Some(self.id),
        };
        // After the last day of the calendar nothing comes.
        self.due_at = self.next.until.tomorrow().ok().map(|following| {
            self.next = self.unless_paused(period_of(&self.asked, following));
            self.runs_at()
        });
        self.last_export_id = Some(id);
        Some(StatementExport::ask(id, (self.account_id, self.created_by), asked, now))
    }

    /// The period, or the one that ran when a pause was over if it ended in that. What was over before is
    /// still to be written.
    fn unless_paused(&self, period: Period) -> Period {
        let Some((paused_at, resumed_on)) = self.paused_at.zip(self.resumed_on) else {
            return period;
        };
        let running = period_of(&self.asked, resumed_on);
        if period.ends_at() > paused_at && period.from < running.from { running } else { period }
    }

    /// At the wished time of the day after the period; the first of a time that comes twice, an hour
    /// later for one that is skipped, and never before the period is closed.
    fn runs_at(&self) -> Timestamp {
        let date = self.next.until.tomorrow().unwrap_or(Date::MAX);
        let at = DateTime::from_parts(date, self.asked.at.map_or_else(|| self.spread(), |at| at.0));
        let zone = self.asked.time_zone.time_zone();
        let wished = zone.to_timestamp(at).unwrap_or(Timestamp::MAX);
        wished.max(self.next.closed_from())
    }

    /// The minute that is this schedule's own.
    fn spread(&self) -> Time {
        let minutes = i64::try_from(self.id.ulid().random() % SPREAD_MINUTES).unwrap_or_default();
        SPREAD_FROM.wrapping_add(minutes.minutes())
    }
}

/// The day, week or month a date is in.
fn period_of(asked: &NewSchedule, date: Date) -> Period {
    let (from, until) = match asked.frequency {
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
    Period { from, until, time_zone: asked.time_zone.clone() }
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
        let asked = NewSchedule {
            frequency,
            at: time.map(|time| TimeOfDay::try_from(time.to_owned()).expect("a time of the day")),
            time_zone: Zone::try_from(zone.to_owned()).expect("a zone"),
            format: ExportFormat::Ofx,
            dialect: None,
            origin: "https://api.example.com".to_owned(),
        };
        let (now, zone) = (at(now), asked.time_zone.clone());
        let author = (
            AccountId::from_ulid(Ulid::from_parts(1, 1)),
            UserId::from_ulid(Ulid::from_parts(1, 2)),
        );
        StatementSchedule::open(
            ScheduleId::from_ulid(Ulid::from_parts(1, 25)),
            author,
            asked,
            zone.date(now),
            now,
        )
    }

    /// The next runs, each as its time and the period it is of.
    fn runs(schedule: &mut StatementSchedule, count: usize) -> Vec<(String, String)> {
        let run = |_| {
            let run_at = schedule.due_at.expect("it is active");
            let export = schedule.advance(run_at).expect("it is due");
            let Period { from, until, .. } = export.asked.period;
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

    /// A file is of a closed period, whatever time was wished for.
    #[test]
    fn none_runs_before_its_period_is_closed() {
        let daily = &mut schedule(Frequency::Daily, Some("00:00"), "UTC", "2026-11-25T12:00:00Z");
        check(daily, &[("2026-11-26T00:05:00Z", "2026-11-25/2026-11-25")]);
    }

    #[test]
    fn those_without_a_wish_are_spread_over_an_hour() {
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

    /// Fault row 97. However late the clock comes round, each period has its file, and one only.
    #[test]
    fn missed_runs_are_caught_up_one_by_one() {
        let daily = &mut schedule(Frequency::Daily, Some("06:30"), "UTC", "2026-11-25T12:00:00Z");
        let late = at("2026-11-28T09:00:00Z");
        let mut ids = std::collections::BTreeSet::new();
        let mut periods = Vec::new();
        while let Some(export) = daily.advance(late) {
            ids.insert(export.id);
            periods.push(export.asked.period.from.to_string());
            assert_eq!(daily.last_export_id, Some(export.id));
        }
        assert_eq!(periods, ["2026-11-25", "2026-11-26", "2026-11-27"]);
        assert_eq!(ids.len(), 3);
    }

    #[test]
    fn what_ended_while_it_was_paused_is_not_written() {
        let daily = &mut schedule(Frequency::Daily, Some("06:30"), "UTC", "2026-11-25T12:00:00Z");
        daily.set(ScheduleStatus::Paused, at("2026-11-25T13:00:00Z"));
        assert!(daily.advance(at("2026-11-27T12:00:00Z")).is_none());
        daily.set(ScheduleStatus::Active, at("2026-11-29T13:00:00Z"));
        check(daily, &[("2026-11-30T06:30:00Z", "2026-11-29/2026-11-29")]);
        // Once it is off, a period that was written is not written again.
        daily.set(ScheduleStatus::Paused, at("2026-11-29T14:00:00Z"));
        daily.set(ScheduleStatus::Active, at("2026-11-29T15:00:00Z"));
        check(daily, &[("2026-12-01T06:30:00Z", "2026-11-30/2026-11-30")]);
    }

    #[test]
    fn what_had_ended_before_a_pause_is_written_after_it() {
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
