//! The calendar beyond the vectors: Easter over the centuries, and the time of São Paulo.

use brazil::{
    business_day_after, business_days_between, is_business_day, local, local_date,
    next_business_day, sao_paulo,
};
use jiff::Timestamp;
use jiff::ToSpan;
use jiff::civil::{Date, date};
use proptest::prelude::*;

fn at(moment: &str) -> Timestamp {
    moment.parse().expect("a moment")
}

/// Returns the weekdays of a year on which banks do not settle, as `MM-DD`.
fn holidays(year: i16) -> Vec<String> {
    let days = date(year, 1, 1).series(1.day()).take_while(|day| day.year() == year);
    days.filter(|day| day.weekday().to_monday_one_offset() <= 5 && !is_business_day(*day))
        .map(|day| day.strftime("%m-%d").to_string())
        .collect()
}

/// Febraban, "2026 terá 13 feriados nacionais sem expediente ao público"; 15 November is a Sunday.
#[test]
fn the_holidays_of_2026_are_those_of_febraban() {
    let expected = [
        "01-01", "02-16", "02-17", "04-03", "04-21", "05-01", "06-04", "09-07", "10-12", "11-02",
        "11-20", "12-25",
    ];
    assert_eq!(holidays(2026), expected);
}

/// The Good Fridays follow the Easter dates of the United States Naval Observatory.
#[test]
fn good_friday_follows_easter() {
    for (year, month, day) in [
        (1818, 3, 20),
        (1943, 4, 23),
        (1954, 4, 16),
        (1981, 4, 17),
        (2000, 4, 21),
        (2008, 3, 21),
        (2024, 3, 29),
        (2025, 4, 18),
        (2038, 4, 23),
        (2049, 4, 16),
        (2285, 3, 20),
    ] {
        let friday = date(year, month, day);
        assert!(!is_business_day(friday), "{friday}");
        assert!(!is_business_day(friday - 45.days()), "Tuesday of Carnaval before {friday}");
        assert!(!is_business_day(friday + 62.days()), "Corpus Christi after {friday}");
    }
    // Simpler algorithms give a date one week later.
    assert!(is_business_day(date(1954, 4, 23)) && is_business_day(date(1981, 4, 24)));
}

#[test]
fn the_next_business_day_is_after_carnaval_and_a_weekend() {
    assert_eq!(next_business_day(date(2026, 2, 14)), date(2026, 2, 18));
    assert_eq!(next_business_day(date(2026, 2, 18)), date(2026, 2, 18));
    assert_eq!(next_business_day(date(2026, 4, 3)), date(2026, 4, 6));
    assert_eq!(next_business_day(Date::MAX), Date::MAX);
}

#[test]
fn a_day_ends_at_midnight_in_sao_paulo() {
    assert_eq!(local_date(at("2026-03-01T02:59:59Z")), date(2026, 2, 28));
    assert_eq!(local_date(at("2026-03-01T03:00:00Z")), date(2026, 3, 1));
}

#[test]
fn a_midnight_that_the_clocks_skip_becomes_one_o_clock() {
    // Daylight saving of 2018 began on 4 November at midnight, which became one o'clock.
    assert_eq!(local(at("2018-11-04T02:59:59Z")), date(2018, 11, 3).at(23, 59, 59, 0));
    assert_eq!(local(at("2018-11-04T03:00:00Z")), date(2018, 11, 4).at(1, 0, 0, 0));
    let start = sao_paulo().to_timestamp(date(2018, 11, 4).at(0, 0, 0, 0)).expect("in range");
    assert_eq!(start, at("2018-11-04T03:00:00Z"));
}

#[test]
fn daylight_saving_has_ended() {
    for month in 1..=12 {
        let noon = date(2026, month, 15).at(12, 0, 0, 0);
        let moment = sao_paulo().to_timestamp(noon).expect("in range");
        assert_eq!(local(moment), noon);
        assert_eq!(moment.to_string(), format!("2026-{month:02}-15T15:00:00Z"));
    }
}

proptest! {
    #[test]
    fn the_next_business_day_is_one_and_is_never_far(days in 0_i32..3_600_000) {
        let date = Date::ZERO.checked_add(days.days()).expect("before the year 9999");
        let next = next_business_day(date);
        prop_assert!(is_business_day(next));
        prop_assert!(next >= date && next <= date + 6.days());
    }

    #[test]
    fn no_date_makes_the_calendar_panic(days in 0_i32..3_600_000) {
        let _ = is_business_day(Date::MIN.checked_add(days.days()).expect("in range"));
    }
}

#[test]
fn business_days_are_counted_over_carnaval_and_weekends() {
    let friday = date(2026, 2, 13);
    // Carnaval is on Monday and Tuesday.
    for (days, expected) in [(0, friday), (1, date(2026, 2, 18)), (3, date(2026, 2, 20))] {
        assert_eq!(business_day_after(friday, days), expected);
        assert_eq!(business_days_between(friday, expected), days);
    }
    assert_eq!(business_days_between(friday, date(2026, 2, 17)), 0);
    assert_eq!(business_days_between(date(2026, 2, 18), friday), 0);
    assert_eq!(business_days_between(friday, date(2036, 2, 13)), 255);
    let last = jiff::civil::Date::MAX;
    assert_eq!(business_day_after(last, 5), last);
}
