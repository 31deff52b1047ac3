//! The expiry of a card: a month, valid through its last day.

use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone, offset};
use serde::{Deserialize, Serialize};

/// The westernmost time of Brazil, that of Acre. A card is valid until its month ends there, so no
/// payer is refused on the last evening of the month.
const WESTERNMOST: Offset = offset(-5);
/// Years that a card is valid at most, to refuse a mistyped year.
const YEARS_MAX: i16 = 20;

/// A month and year that cannot be the expiry of a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CardExpiryError {
    /// The month is not 1 to 12.
    #[error("the month must be 1 to 12")]
    Month,
    /// The year does not have four digits.
    #[error("the year must have four digits, from 2000 on")]
    Year,
}

/// The month in which a card expires.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CardExpiry {
    year: i16,
    month: i8,
}

impl CardExpiry {
    /// Reads a month from 1 to 12 and a year of four digits.
    ///
    /// # Errors
    /// The month or the year is out of range.
    pub fn new(month: i8, year: i16) -> Result<Self, CardExpiryError> {
        if !(1..=12).contains(&month) {
            return Err(CardExpiryError::Month);
        }
        if !(2000..=9999).contains(&year) {
            return Err(CardExpiryError::Year);
        }
        Ok(Self { year, month })
    }

    /// Returns the month, 1 to 12.
    pub const fn month(self) -> i8 {
        self.month
    }

    /// Returns the year, with four digits.
    pub const fn year(self) -> i16 {
        self.year
    }

    /// Returns true if the card is valid at a time: through the last day of its month, in the westernmost
    /// time of Brazil. A year that no card can have yet is not valid.
    pub fn is_valid_at(self, at: Timestamp) -> bool {
        let date = TimeZone::fixed(WESTERNMOST).to_datetime(at).date();
        let today = (date.year(), date.month());
        (self.year, self.month) >= today && self.year <= date.year().saturating_add(YEARS_MAX)
    }
}
