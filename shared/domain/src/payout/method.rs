//! How a payout travels to the beneficiary: Pix at any time, TED in its hours.
use crate::kernel::string_enum;
use crate::ledger::TransactionMethod;
use jiff::Timestamp;
use jiff::civil::{Date, time};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

string_enum! {
    /// Method by which a payout travels.
    PayoutMethod {
        /// Pix, at any time.
        Pix = "pix",
        /// TED, on business days from 06:30 to 17:00, for banks without Pix.
        Ted = "ted",
    }
}

impl From<PayoutMethod> for TransactionMethod {
    fn from(method: PayoutMethod) -> Self {
        match method {
            PayoutMethod::Pix => Self::Pix,
            PayoutMethod::Ted => Self::Ted,
        }
    }
}

/// The hours of TED on a business day, in São Paulo.
const TED_OPENS: jiff::civil::Time = time(6, 30, 0, 0);
const TED_CLOSES: jiff::civil::Time = time(17, 0, 0, 0);
/// The end of the hours for a TED at a later time. The scheduler releases it up to a minute after that
/// time, which must still be within the hours.
const TED_CLOSES_FOR_SCHEDULER: jiff::civil::Time = time(16, 58, 0, 0);

/// Returns the first time from `at` on at which a payout can travel by this method. The caller releases the
/// payout if that is `now`, and the scheduler if it is later.
pub(super) fn travels_from(method: PayoutMethod, at: Timestamp, now: Timestamp) -> Timestamp {
    let closes = if at > now { TED_CLOSES_FOR_SCHEDULER } else { TED_CLOSES };
    let local = brazil::local(at);
    // After the end of the calendar there is no later time to wait for.
    let open = |date: Date| brazil::instant(date.to_datetime(TED_OPENS)).unwrap_or(at);
    match method {
        PayoutMethod::Pix => at,
        PayoutMethod::Ted if !brazil::is_business_day(local.date()) || local.time() >= closes => {
            let tomorrow = local.date().tomorrow().unwrap_or(local.date());
            open(brazil::next_business_day(tomorrow))
        }
        PayoutMethod::Ted => at.max(open(local.date())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(at: &str, expected: &str) {
        let instant = |text: &str| format!("{text}-03:00").parse::<Timestamp>().expect("a time");
        let at = instant(at);
        assert_eq!(travels_from(PayoutMethod::Ted, at, at), instant(expected));
        assert_eq!(travels_from(PayoutMethod::Pix, at, at), at);
    }

    #[test]
    fn a_ted_for_the_last_two_minutes_waits_from_the_start() {
        let instant = |text: &str| format!("{text}-03:00").parse::<Timestamp>().expect("a time");
        let now = instant("2026-11-27T12:00:00");
        for (at, expected) in [
            ("2026-11-27T16:57:59", "2026-11-27T16:57:59"),
            ("2026-11-27T16:58:00", "2026-11-30T06:30:00"),
            ("2026-11-27T16:59:30", "2026-11-30T06:30:00"),
        ] {
            let from = travels_from(PayoutMethod::Ted, instant(at), now);
            assert_eq!(from, instant(expected), "{at}");
        }
        // At once, without the scheduler.
        check("2026-11-27T16:59:59", "2026-11-27T16:59:59");
    }

    #[test]
    fn a_ted_waits_for_the_next_hours_of_a_business_day() {
        // Wednesday.
        check("2026-11-25T06:29:59", "2026-11-25T06:30:00");
        check("2026-11-25T12:00:00", "2026-11-25T12:00:00");
        check("2026-11-25T17:00:00", "2026-11-26T06:30:00");
        // Friday evening, Saturday, and Christmas on a Friday.
        check("2026-11-27T17:00:00", "2026-11-30T06:30:00");
        check("2026-11-28T12:00:00", "2026-11-30T06:30:00");
        check("2026-12-25T12:00:00", "2026-12-28T06:30:00");
    }
}
