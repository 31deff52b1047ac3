//! The day on which the money of a paid boleto comes.

use jiff::Timestamp;
use jiff::civil::{Date, Time, time};

use crate::calendar::{is_business_day, local, next_business_day};

/// Time of day in São Paulo until which a payment settles on its own day.
const SETTLES_SAME_DAY_UNTIL: Time = time(13, 30, 0, 0);

/// Returns the business day on which the money of a boleto comes that was paid at this time: the same day for a
/// payment until 13:30 of a business day, else the next one. The times are those of São Paulo.
///
/// Source: the settlement of boletos since March 2024, as payment institutions publish it for their customers.
pub fn boleto_settlement_date(paid_at: Timestamp) -> Date {
    let paid_at = local(paid_at);
    let is_same_day = is_business_day(paid_at.date()) && paid_at.time() <= SETTLES_SAME_DAY_UNTIL;
    match is_same_day {
        true => paid_at.date(),
        false => next_business_day(paid_at.date().saturating_add(jiff::Span::new().days(1))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settled(paid_at: &str) -> String {
        boleto_settlement_date(paid_at.parse().expect("a time")).to_string()
    }

    #[test]
    fn a_payment_until_half_past_one_settles_on_its_business_day() {
        assert_eq!(settled("2026-11-27T13:30:00-03:00"), "2026-11-27");
        assert_eq!(settled("2026-11-26T13:30:01-03:00"), "2026-11-27");
    }

    #[test]
    fn a_payment_when_banks_are_closed_settles_on_the_next_business_day() {
        for saturday_and_sunday in ["2026-11-27T13:31:00-03:00", "2026-11-28T09:00:00-03:00"] {
            assert_eq!(settled(saturday_and_sunday), "2026-11-30");
        }
        assert_eq!(settled("2026-12-24T18:00:00-03:00"), "2026-12-28", "after Christmas");
        assert_eq!(settled("2026-12-25T09:00:00-03:00"), "2026-12-28", "on Christmas");
    }
}
