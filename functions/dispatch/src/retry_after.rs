//! The wait that a receiver asks for: the `Retry-After` header (RFC 9110, section 10.2.3).

use std::time::UNIX_EPOCH;

use domain::webhook::RETRY_AFTER_SECONDS_MAX;
use jiff::Timestamp;

/// Returns the seconds from `now` to the next attempt that the receiver asks for, at most
/// [`RETRY_AFTER_SECONDS_MAX`]. It reads seconds and the three date forms of HTTP. Returns `None`
/// for other text, negative numbers and dates that are not in the future; then the schedule
/// decides.
pub fn seconds(header: &str, now: Timestamp) -> Option<u64> {
    let header = header.trim();
    if !header.is_empty() && header.bytes().all(|byte| byte.is_ascii_digit()) {
        // The text has only digits. If it does not parse, it is too large and gets the maximum.
        return Some(
            header.parse().unwrap_or(RETRY_AFTER_SECONDS_MAX).min(RETRY_AFTER_SECONDS_MAX),
        );
    }
    let date = httpdate::parse_http_date(header).ok()?.duration_since(UNIX_EPOCH).ok()?.as_secs();
    let wait = date.checked_sub(u64::try_from(now.as_second()).ok()?)?;
    (wait > 0).then_some(wait.min(RETRY_AFTER_SECONDS_MAX))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn now() -> Timestamp {
        "2026-03-01T12:00:00Z".parse().expect("a moment")
    }

    #[track_caller]
    fn check(header: &str, expected: Option<u64>) {
        assert_eq!(seconds(header, now()), expected, "{header:?}");
    }

    /// Fault row 52.
    #[test]
    fn seconds_are_honoured_up_to_ten_hours() {
        check("0", Some(0));
        check("1", Some(1));
        check("120", Some(120));
        check(" 120\t", Some(120));
        check("007", Some(7));
        check("36000", Some(36_000));
        check("36001", Some(36_000));
        // Ten years.
        check("315360000", Some(36_000));
        check("18446744073709551616", Some(36_000));
        check(&"9".repeat(100), Some(36_000));
    }

    /// Fault row 52.
    #[test]
    fn dates_are_honoured_up_to_ten_hours() {
        check("Sun, 01 Mar 2026 12:00:01 GMT", Some(1));
        check("Sun, 01 Mar 2026 13:00:00 GMT", Some(3_600));
        check("Sunday, 01-Mar-26 13:00:00 GMT", Some(3_600));
        check("Sun Mar  1 13:00:00 2026", Some(3_600));
        check("Sun, 01 Mar 2026 22:00:00 GMT", Some(36_000));
        check("Sun, 01 Mar 2026 22:00:01 GMT", Some(36_000));
        check("Sat, 01 Mar 2036 12:00:00 GMT", Some(36_000));
        check("Fri, 31 Dec 9999 23:59:59 GMT", Some(36_000));
    }

    /// Fault row 52.
    #[test]
    fn what_is_negative_past_or_junk_is_left_to_the_schedule() {
        for header in [
            "",
            " ",
            "-1",
            "-36000",
            "+5",
            "1.5",
            "1e3",
            "0x10",
            "1 2",
            "1,2",
            "60 seconds",
            "soon",
            "NaN",
            "\u{661}\u{662}",
            "Sun, 01 Mar 2026 12:00:00 GMT",
            "Sun, 01 Mar 2026 11:59:59 GMT",
            "Thu, 01 Jan 1970 00:00:00 GMT",
            "Sun, 31 Dec 1600 00:00:00 GMT",
            "Sun, 30 Feb 2026 12:00:00 GMT",
            "Mon, 01 Mar 2026 13:00:00 GMT",
            "Sun, 01 Mar 2026 25:00:00 GMT",
            "Sun, 01 Mar 2026 13:00:00 BRT",
            "2026-03-01T13:00:00Z",
            "\u{0}",
        ] {
            check(header, None);
        }
    }

    proptest! {
        /// Fault row 52.
        #[test]
        fn no_header_panics_or_asks_for_more_than_ten_hours(
            junk in "\\PC{0,100}",
            date in "(Mon|Sunday), [0-9]{1,2}[ -](Feb|Dec)[ -][0-9]{2,4} [0-9]{2}:[0-9]{2}:[0-9]{2} GMT",
            number: i128,
            at in -377_705_023_201_i64..=253_402_207_200,
        ) {
            let now = Timestamp::from_second(at).expect("in range");
            for header in [junk, date, number.to_string()] {
                let wait = seconds(&header, now);
                prop_assert!(wait.is_none_or(|wait| wait <= RETRY_AFTER_SECONDS_MAX));
            }
        }
    }
}
