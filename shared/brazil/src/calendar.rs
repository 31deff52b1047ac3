//! The bank calendar of Brazil and the time of São Paulo.
//!
//! Pix settles on any day; boletos and transfers by the reserves system on business days. Source:
//! Resolução CMN 4.880/2020, the holidays as Febraban and Anbima list them. Holidays of a state or a
//! city close branches and not the market, and are not here.

use std::iter::successors;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::{self, TimeZone};

/// Month and day of the holidays that have a date.
const FIXED_HOLIDAYS: [(i8, i8); 8] = [
    (1, 1),   // Confraternização Universal
    (4, 21),  // Tiradentes
    (5, 1),   // Dia do Trabalho
    (9, 7),   // Independência
    (10, 12), // Nossa Senhora Aparecida
    (11, 2),  // Finados
    (11, 15), // Proclamação da República
    (12, 25), // Natal
];
/// Consciência Negra, national by Lei 14.759/2023.
const BLACK_AWARENESS: (i8, i8) = (11, 20);
/// The first year of that law.
const BLACK_AWARENESS_SINCE: i16 = 2024;
/// Days from Easter: Monday and Tuesday of Carnaval, Good Friday, Corpus Christi. Ash Wednesday and
/// Maundy Thursday are business days.
const MOVABLE_HOLIDAYS: [i32; 4] = [-48, -47, -2, 60];

/// Whether banks settle on a day: no Saturday, Sunday or holiday of the banks.
///
/// 24 and 31 December are business days: banks settle behind closed doors. The holidays are those of
/// today's law, whatever the year, but for Consciência Negra.
pub fn is_business_day(date: Date) -> bool {
    let weekend = date.weekday().to_monday_one_offset() > 5;
    !weekend && !is_holiday(date)
}

/// The first business day from a date on: the date itself if it is one.
///
/// There is always one: the last date of the calendar, 9999-12-31, is a Friday.
pub fn next_business_day(date: Date) -> Date {
    let mut dates = successors(Some(date), |date| date.tomorrow().ok());
    dates.find(|date| is_business_day(*date)).unwrap_or(date)
}

/// The zone America/Sao_Paulo, by which statements and limits count their days.
///
/// It has no daylight saving since 2019, and dates before had. The zone is in the binary as the tz
/// database was when it was built: a Lambda has no such files.
pub fn sao_paulo() -> TimeZone {
    tz::get!("America/Sao_Paulo")
}

/// The day it is in São Paulo.
pub fn local_date(at: Timestamp) -> Date {
    local(at).date()
}

/// The date and time it is in São Paulo.
pub fn local(at: Timestamp) -> DateTime {
    sao_paulo().to_datetime(at)
}

/// The instant of a date and time in São Paulo. Of a time that came twice, the first; for one that was
/// skipped, as much later.
///
/// # Errors
/// A time beyond the calendar of instants.
pub fn instant(local: DateTime) -> Result<Timestamp, jiff::Error> {
    sao_paulo().to_timestamp(local)
}

fn is_holiday(date: Date) -> bool {
    let day = (date.month(), date.day());
    let since_easter = i32::from(date.day_of_year()) - easter(date);
    FIXED_HOLIDAYS.contains(&day)
        || day == BLACK_AWARENESS && date.year() >= BLACK_AWARENESS_SINCE
        || MOVABLE_HOLIDAYS.contains(&since_easter)
}

/// Easter Sunday of a date's year, as the day of the year, 1 for 1 January.
///
/// The computus of the Gregorian calendar as New Scientist printed it in 1961, letters included: it
/// has no exceptions, which simpler forms have in 1954 and 1981.
fn easter(date: Date) -> i32 {
    let year = i32::from(date.year());
    let (a, b, c) = (year.rem_euclid(19), year.div_euclid(100), year.rem_euclid(100));
    let (d, e) = (b.div_euclid(4), b.rem_euclid(4));
    let g = (8 * b + 13).div_euclid(25);
    let h = (19 * a + b - d - g + 15).rem_euclid(30);
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 19 * l) / 433;
    // Days after 22 March, the earliest Easter there is, which is day 81 or 82 of its year.
    let days = h + l - 7 * m;
    days + if date.in_leap_year() { 82 } else { 81 }
}
