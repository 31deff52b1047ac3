//! The time in which an account answers, in bank business days. It is paused while compliance examines
//! the documents.

use crate::kernel::Error;
use brazil::{business_day_after, business_days_between, instant, local_date};
use jiff::{SignedDuration, Timestamp};

/// Bank business days that an account has for its documents.
pub const KYC_DAYS: u8 = 5;
/// Time before the deadline at which the account is reminded.
const REMINDER: SignedDuration = SignedDuration::from_hours(24);

/// Returns the end of the business day that is so many business days after today in São Paulo.
pub(super) fn deadline_after(days: u8, now: Timestamp) -> Result<Timestamp, Error> {
    let last = business_day_after(local_date(now), days);
    let end = last.tomorrow().map_err(Error::internal)?.at(0, 0, 0, 0);
    instant(end).map_err(Error::internal)
}

/// Returns the number of business days after today until the day of the deadline.
pub(super) fn days_left(deadline: Timestamp, now: Timestamp) -> u8 {
    let last = deadline.saturating_sub(SignedDuration::from_nanos(1)).unwrap_or(deadline);
    business_days_between(local_date(now), local_date(last))
}

/// Returns the time of the reminder.
pub(super) fn reminder_before(deadline: Timestamp, now: Timestamp) -> Timestamp {
    deadline.saturating_sub(REMINDER).unwrap_or(deadline).max(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    #[test]
    fn a_deadline_is_the_end_of_a_business_day_in_sao_paulo() {
        // Thursday before Carnaval; Monday and Tuesday are holidays.
        let now = at("2026-02-12T23:30:00-03:00");
        assert_eq!(deadline_after(1, now).expect("a day"), at("2026-02-14T00:00:00-03:00"));
        assert_eq!(deadline_after(2, now).expect("a day"), at("2026-02-19T00:00:00-03:00"));
        assert_eq!(deadline_after(5, now).expect("a day"), at("2026-02-24T00:00:00-03:00"));
    }

    #[test]
    fn the_days_left_are_those_after_today() {
        let now = at("2026-02-12T12:00:00-03:00");
        let deadline = deadline_after(5, now).expect("a day");
        assert_eq!(days_left(deadline, now), 5);
        assert_eq!(days_left(deadline, at("2026-02-13T23:59:59-03:00")), 4);
        assert_eq!(days_left(deadline, at("2026-02-17T12:00:00-03:00")), 4);
        assert_eq!(days_left(deadline, at("2026-02-23T23:59:59-03:00")), 0);
    }
}
