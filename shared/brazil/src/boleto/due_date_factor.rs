//! The due-date factor: four digits that stand for a date.

use jiff::civil::{Date, date};
use jiff::{Span, ToSpan};

use super::error::BoletoError;

/// The day from which factors count.
const BASE: Date = date(1997, 10, 7);
/// The first factor of a cycle: 2000-07-03 and 2025-02-22.
const FIRST: i32 = 1000;
/// The number of factors of a cycle, 1000 to 9999.
const CYCLE: i32 = 9000;
/// A due date is at most this many days before the day on which the boleto is read. Febraban's manual of
/// 2012 says 3000; its example accepts 2005-12-24 on 2014-03-13, which is a day more.
const DAYS_BEFORE_MAX: i32 = 3001;
/// A due date is at most this many days after the day on which the boleto is read.
const DAYS_AFTER_MAX: i32 = 5500;

/// A due-date factor, 0 to 9999. It repeats after 9000 days, so the day of reading decides its date.
///
/// Source: Febraban, "Manual Operacional do Fator de Vencimento da Cobrança Bancária", 2012.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DueDateFactor(u16);

impl DueDateFactor {
    /// The factor of a boleto without a due date.
    pub const NONE: Self = Self(0);

    /// Returns the factor of a due date. After 2049-10-13 a third cycle begins.
    ///
    /// # Errors
    /// [`BoletoError::DateTooEarly`] before 2000-07-03.
    pub fn of(due_date: Date) -> Result<Self, BoletoError> {
        let days = days_between(BASE, due_date);
        if days < FIRST {
            return Err(BoletoError::DateTooEarly);
        }
        let factor = (days - FIRST) % CYCLE + FIRST;
        Ok(Self(u16::try_from(factor).unwrap_or_default()))
    }

    /// Returns a factor as it was read. It has at most four digits.
    pub(super) const fn new(factor: u16) -> Self {
        Self(factor)
    }

    /// Returns the number, 0 to 9999.
    pub const fn get(self) -> u16 {
        self.0
    }

    /// Returns every date that the factor can stand for, from the first cycle to the third. Empty for a
    /// factor below 1000, which stands for no date.
    pub fn dates(self) -> Vec<Date> {
        let factor = i32::from(self.0);
        if factor < FIRST {
            return Vec::new();
        }
        let date = |cycle: i32| BASE.checked_add(days(factor + cycle * CYCLE)).ok();
        (0..3).filter_map(date).collect()
    }

    /// Returns the date for a reader on `today`: the one from 3001 days before to 5500 days after it.
    /// Returns `None` if the factor stands for no date, or if it is in the 499 days between these
    /// limits, in which no bank accepts it.
    pub fn date_on(self, today: Date) -> Option<Date> {
        let is_near =
            |date: &Date| (-DAYS_BEFORE_MAX..=DAYS_AFTER_MAX).contains(&days_between(today, *date));
        self.dates().into_iter().find(is_near)
    }
}

fn days(count: i32) -> Span {
    count.days()
}

/// Returns the days from one date to another; negative if the other is earlier.
fn days_between(from: Date, to: Date) -> i32 {
    (to - from).get_days()
}
