//! The bank calendar of Brazil and the time of São Paulo.
//!
//! Pix settles on any day; boletos and transfers of the reserves system on business days. Source:
//! Resolução CMN 4.880/2020, with the holidays that Febraban and Anbima list. Holidays of a state or a
//! city close branches but not the market, so they are not here.

use std::iter::successors;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::{self, TimeZone};

/// Month and day of the holidays with a fixed date.
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
/// Days relative to Easter: Monday and Tuesday of Carnaval, Good Friday, Corpus Christi. Ash Wednesday and
/// Maundy Thursday are business days.
const MOVABLE_HOLIDAYS: [i32; 4] = [-48, -47, -2, 60];

/// Returns true if banks settle on a day: not on a Saturday, a Sunday or a holiday of the banks.
///
/// 24 and 31 December are business days, although branches are closed. The holidays of today's law
/// hold for every year, except Consciência Negra.
pub fn is_business_day(date: Date) -> bool {
    let weekend = date.weekday().to_monday_one_offset() > 5;
    !weekend && !is_holiday(date)
}

/// Returns the first business day on or after a date.
///
/// It exists for every date, because the last date of the calendar, 9999-12-31, is a Friday.
pub fn next_business_day(date: Date) -> Date {
    let mut dates = successors(Some(date), |date| date.tomorrow().ok());
    dates.find(|date| is_business_day(*date)).unwrap_or(date)
}

/// Returns the business day that is this number of business days after a date; for 0 the date itself.
///
/// At the end of the calendar, in the year 9999, it is the last date.
pub fn business_day_after(date: Date, days: u8) -> Date {
    (0..days).fold(date, |date, _| date.tomorrow().map_or(date, next_business_day))
}

/// Returns the number of business days after one date, up to and including another; 255 for more.
pub fn business_days_between(after: Date, until: Date) -> u8 {
    let dates = successors(after.tomorrow().ok(), |date| date.tomorrow().ok());
    let days = dates.take_while(|date| *date <= until).filter(|date| is_business_day(*date));
    u8::try_from(days.take(usize::from(u8::MAX)).count()).unwrap_or(u8::MAX)
}

/// Returns the zone America/Sao_Paulo. Statements and limits count their days in it.
///
/// It has had no daylight saving since 2019. The build copies the zone from the tz database into the
/// binary, because a Lambda does not have these files.
pub fn sao_paulo() -> TimeZone {
    tz::get!("America/Sao_Paulo")
}

/// Returns the date in São Paulo.
pub fn local_date(at: Timestamp) -> Date {
    local(at).date()
}

/// Returns the date and time in São Paulo.
pub fn local(at: Timestamp) -> DateTime {
    sao_paulo().to_datetime(at)
}

/// Returns the instant of a date and time in São Paulo. For a time that occurs twice, the first; for a
/// time that the change of clocks skips, later by the length of the gap.
///
/// # Errors
/// The time is outside the range of instants.
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

/// Returns Easter Sunday of a date's year as the day of the year, 1 for 1 January.
///
/// The algorithm and its letters are those of New Scientist, 1961. It has no exceptions, unlike
/// simpler forms, which are wrong in 1954 and 1981.
fn easter(date: Date) -> i32 {
    let year = i32::from(date.year());
    let (a, b, c) = (year.rem_euclid(19), year.div_euclid(100), year.rem_euclid(100));
    let (d, e) = (b.div_euclid(4), b.rem_euclid(4));
    let g = (8 * b + 13).div_euclid(25);
    let h = (19 * a + b - d - g + 15).rem_euclid(30);
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 19 * l) / 433;
    // Days after 22 March, the earliest Easter, which is day 81 or 82 of its year.
    let days = h + l - 7 * m;
    days + if date.in_leap_year() { 82 } else { 81 }
}
