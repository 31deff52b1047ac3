//! Times in inputs: what is accepted, and the sentences for what is not.

use std::borrow::Cow;

use domain::kernel::Zone;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;

/// The rule of a time.
pub(crate) const EXPECTED: &str =
    "must be a time with its offset from UTC, such as 2026-11-28T12:00:00-03:00";
/// The rule of a date.
pub(crate) const DATE_EXPECTED: &str = "must be a date, such as 2026-11-28";
/// Keyword of the schema of a time that can also be a date.
pub(crate) const DATE_KEYWORD: &str = "x-date-alone";

/// A text that is neither a time nor a date.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct NotAnInstant(String);

/// Start of a span of time: an instant, which belongs to the span. A date alone means the first instant of
/// that day in São Paulo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct SpanStart(pub Timestamp);

/// End of a span of time: an instant, which does not belong to the span. A date alone means the end of
/// that day in São Paulo, so the whole day belongs to the span.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct SpanEnd(pub Timestamp);

/// An instant, or a date alone, which means the end of that day in a time zone of the same input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum InstantOrDay {
    /// An instant.
    Instant(Timestamp),
    /// A day.
    Day(Date),
}

impl InstantOrDay {
    /// Returns the instant, or the end of the day in the zone.
    pub fn end(self, zone: &Zone) -> Timestamp {
        match self {
            Self::Instant(at) => at,
            Self::Day(date) => date.tomorrow().map_or(Timestamp::MAX, |next| zone.begins(next)),
        }
    }
}

impl TryFrom<String> for InstantOrDay {
    type Error = NotAnInstant;

    fn try_from(text: String) -> Result<Self, NotAnInstant> {
        match date_alone(&text) {
            Some(date) => Ok(Self::Day(date)),
            None => read(&text, |_| None).map(Self::Instant),
        }
    }
}

impl TryFrom<String> for SpanStart {
    type Error = NotAnInstant;

    fn try_from(text: String) -> Result<Self, NotAnInstant> {
        read(&text, |date| Some(Zone::default().begins(date))).map(Self)
    }
}

impl TryFrom<String> for SpanEnd {
    type Error = NotAnInstant;

    fn try_from(text: String) -> Result<Self, NotAnInstant> {
        let end = |date: Date| date.tomorrow().ok().map(|next| Zone::default().begins(next));
        read(&text, end).map(Self)
    }
}

fn read(
    text: &str,
    of_date: impl Fn(Date) -> Option<Timestamp>,
) -> Result<Timestamp, NotAnInstant> {
    let date = date_alone(text).and_then(of_date);
    let instant = date.or_else(|| text.parse().ok());
    let detail = || instant_flaw(text, true).unwrap_or_else(|| EXPECTED.to_owned());
    instant.ok_or_else(|| NotAnInstant(detail()))
}

macro_rules! schemas {
    ($($kind:ident, $meaning:literal;)*) => {$(
        impl JsonSchema for $kind {
            fn schema_name() -> Cow<'static, str> {
                stringify!($kind).into()
            }

            fn inline_schema() -> bool {
                true
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({
                    "type": "string",
                    "format": "date-time",
                    "x-date-alone": $meaning,
                })
            }
        }
    )*};
}

schemas! {
    SpanStart, "first instant of the day in America/Sao_Paulo";
    SpanEnd, "end of the day in America/Sao_Paulo";
    InstantOrDay, "end of the day in `time_zone`";
}

/// Returns the date if the text is one, without a time.
fn date_alone(text: &str) -> Option<Date> {
    const LENGTH: usize = "2026-11-28".len();
    (text.len() == LENGTH).then(|| text.parse().ok())?
}

/// Returns the date that was written day first, as people in Brazil write it.
fn day_first(text: &str) -> Option<Date> {
    let mut parts = text.get(..10)?.split('/');
    let mut next = || parts.next()?.parse::<i16>().ok();
    let (day, month, year) = (next()?, next()?, next()?);
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// Returns what is wrong with the text of a time. Returns `None` if nothing is.
pub(crate) fn instant_flaw(text: &str, allows_date: bool) -> Option<String> {
    if text.parse::<Timestamp>().is_ok() {
        return None;
    }
    let or_date = if allows_date { ", or a date such as 2026-11-28" } else { "" };
    if let Some(date) = date_alone(text) {
        let detail = format!("a date alone names no time; send one, such as {date}T12:00:00-03:00");
        return (!allows_date).then_some(detail);
    }
    if let Some(date) = day_first(text) {
        let time = if allows_date { "" } else { "T12:00:00-03:00" };
        return Some(format!("dates are written year first, such as {date}{time}"));
    }
    if text.contains('T')
        && text.contains(' ')
        && text.replace(' ', "+").parse::<Timestamp>().is_ok()
    {
        return Some("a + in a query means a space; write it as %2B".to_owned());
    }
    if text.parse::<DateTime>().is_ok() {
        return Some(format!("the time has no offset from UTC; add one, such as {text}-03:00"));
    }
    Some(format!("{EXPECTED}{or_date}"))
}

/// Returns what is wrong with the text of a date. Returns `None` if nothing is.
pub(crate) fn date_flaw(text: &str) -> Option<String> {
    if text.parse::<Date>().is_ok() {
        return None;
    }
    Some(match day_first(text) {
        Some(date) => format!("dates are written year first, such as {date}"),
        None => DATE_EXPECTED.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, start: &str, end: &str) {
        let start_of = SpanStart::try_from(text.to_owned()).map(|span| span.0.to_string());
        let end_of = SpanEnd::try_from(text.to_owned()).map(|span| span.0.to_string());
        assert_eq!(start_of.unwrap_or_else(|error| error.to_string()), start);
        assert_eq!(end_of.unwrap_or_else(|error| error.to_string()), end);
    }

    #[test]
    fn a_date_alone_is_the_whole_day_in_sao_paulo() {
        check("2026-11-28", "2026-11-28T03:00:00Z", "2026-11-29T03:00:00Z");
        // The last year with summer time: midnight of this day did not exist.
        check("2018-11-04", "2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z");
        check("2026-11-28T12:00:00-03:00", "2026-11-28T15:00:00Z", "2026-11-28T15:00:00Z");
    }

    #[test]
    fn a_wrong_time_is_explained() {
        let both = |text: &str, detail: &str| check(text, detail, detail);
        both("28/11/2026", "dates are written year first, such as 2026-11-28");
        both("2026-11-28T12:00:00 00:00", "a + in a query means a space; write it as %2B");
        let detail = "the time has no offset from UTC; add one, such as 2026-11-28T12:00:00-03:00";
        both("2026-11-28T12:00:00", detail);
        both("2026-02-30", &format!("{EXPECTED}, or a date such as 2026-11-28"));
        both("tomorrow", &format!("{EXPECTED}, or a date such as 2026-11-28"));
        let alone = "a date alone names no time; send one, such as 2026-11-28T12:00:00-03:00";
        assert_eq!(instant_flaw("2026-11-28", false).as_deref(), Some(alone));
        let detail = "dates are written year first, such as 2026-11-28T12:00:00-03:00";
        assert_eq!(instant_flaw("28/11/2026 12:00", false).as_deref(), Some(detail));
        let detail = "dates are written year first, such as 2026-11-28";
        assert_eq!(date_flaw("28/11/2026").as_deref(), Some(detail));
        assert_eq!(date_flaw("2026-11-28"), None);
    }
}
