//! The barcode of a bank: 44 digits.
//!
//! Positions 1 to 3 are the bank, 4 the currency, 5 the general check digit, 6 to 9 the due-date factor,
//! 10 to 19 the amount in cents, 20 to 44 the free field of the bank.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::check_digit::{modulo_10, modulo_11};
use super::digits::{digits, text};
use super::due_date_factor::DueDateFactor;
use super::error::{BoletoError, LineField};
use crate::bank::Bank;

/// The digit of the currency: the real.
const REAL: u8 = 9;
/// Largest amount: ten digits.
const AMOUNT_CENTS_MAX: u64 = 9_999_999_999;

/// What a new barcode is made of.
#[derive(Clone, Copy, Debug)]
pub struct BankBarcodeParts<'a> {
    /// Bank code (COMPE), 3 digits.
    pub bank_code: &'a str,
    /// Due-date factor.
    pub factor: DueDateFactor,
    /// Amount in cents, at most ten digits; 0 leaves it open.
    pub amount_cents: u64,
    /// Free field, 25 digits, whose meaning the bank decides.
    pub free_field: &'a str,
}

/// The barcode of a boleto of a bank. `Display` and serde write its 44 digits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BankBarcode([u8; 44]);

impl BankBarcode {
    /// Makes a barcode and its general check digit.
    ///
    /// # Errors
    /// [`BoletoError::WrongParts`] and [`BoletoError::AmountTooLarge`].
    pub fn new(parts: &BankBarcodeParts<'_>) -> Result<Self, BoletoError> {
        if parts.amount_cents > AMOUNT_CENTS_MAX {
            return Err(BoletoError::AmountTooLarge);
        }
        let BankBarcodeParts { bank_code, factor, amount_cents, free_field } = parts;
        let all = format!("{bank_code}{REAL}0{:04}{amount_cents:010}{free_field}", factor.get());
        let is_right = bank_code.len() == 3 && free_field.len() == 25;
        let digits = digits(&all).filter(|_| is_right);
        let digits = digits.and_then(|digits| <[u8; 44]>::try_from(digits).ok());
        let mut barcode = Self(digits.ok_or(BoletoError::WrongParts)?);
        barcode.0[4] = barcode.expected_digit();
        Ok(barcode)
    }

    /// Reads the 44 digits of a barcode.
    pub(super) fn of_barcode(digits: [u8; 44]) -> Result<Self, BoletoError> {
        let barcode = Self(digits);
        if barcode.0[3] != REAL {
            return Err(BoletoError::WrongCurrency);
        }
        if barcode.0[4] != barcode.expected_digit() {
            return Err(BoletoError::WrongCheckDigit);
        }
        Ok(barcode)
    }

    /// Reads the 47 digits of a line: three fields with a check digit each, the general check digit, then
    /// factor and amount.
    pub(super) fn of_line(line: &[u8; 47]) -> Result<Self, BoletoError> {
        for (number, field) in (1..).zip([&line[..10], &line[10..21], &line[21..32]]) {
            let (digit, rest) = field.split_last().unwrap_or((&0, &[]));
            if modulo_10(rest) != *digit {
                return Err(BoletoError::WrongField(LineField(number)));
            }
        }
        let parts = [&line[..4], &line[32..47], &line[4..9], &line[10..20], &line[21..31]];
        let digits = <[u8; 44]>::try_from(parts.concat());
        digits.map_err(|_| BoletoError::WrongLength).and_then(Self::of_barcode)
    }

    /// Returns the general check digit. Modulo 11 never gives 0, 10 or 11 here: they become 1.
    fn expected_digit(&self) -> u8 {
        let others = [&self.0[..4], &self.0[5..]].concat();
        match modulo_11(&others) {
            10 | 11 => 1,
            digit => digit,
        }
    }

    /// Returns the bank code, 3 digits.
    pub fn bank_code(&self) -> String {
        text(&self.0[..3])
    }

    /// Returns the bank code with its check digit, as slips print it: `001-9`.
    pub fn printed_bank_code(&self) -> String {
        let digit = match modulo_11(&self.0[..3]) {
            10 | 11 => 0,
            digit => digit,
        };
        format!("{}-{digit}", self.bank_code())
    }

    /// Returns the institution of the bank code, if it is in the list.
    pub fn bank(&self) -> Option<&'static Bank> {
        Bank::by_code(&self.bank_code())
    }

    /// Returns the due-date factor.
    pub fn factor(&self) -> DueDateFactor {
        let factor = self.0[5..9].iter().fold(0, |sum, digit| sum * 10 + u16::from(*digit));
        DueDateFactor::new(factor)
    }

    /// Returns the amount in cents. Returns `None` if the boleto leaves it open.
    pub fn amount_cents(&self) -> Option<u64> {
        let cents = self.0[9..19].iter().fold(0, |sum, digit| sum * 10 + u64::from(*digit));
        (cents > 0).then_some(cents)
    }

    /// Returns the free field, 25 digits.
    pub fn free_field(&self) -> String {
        text(&self.0[19..])
    }

    /// Returns the digitable line: 47 digits.
    pub fn digitable_line(&self) -> String {
        let free = &self.0[19..];
        let fields = [[&self.0[..4], &free[..5]].concat(), free[5..15].into(), free[15..].into()];
        let fields = fields.map(|field: Vec<u8>| text(&field) + &modulo_10(&field).to_string());
        format!("{}{}{}", fields.concat(), self.0[4], text(&self.0[5..19]))
    }

    /// Returns the digitable line as slips print it:
    /// `AAABC.CCCCX DDDDD.DDDDDY EEEEE.EEEEEZ K UUUUVVVVVVVVVV`.
    pub fn printed_line(&self) -> String {
        let line = self.digitable_line();
        let parts = [
            (0, 5, "."),
            (5, 10, " "),
            (10, 15, "."),
            (15, 21, " "),
            (21, 26, "."),
            (26, 32, " "),
            (32, 33, " "),
            (33, 47, ""),
        ];
        parts.map(|(from, to, end)| line[from..to].to_owned() + end).concat()
    }
}

impl From<BankBarcode> for String {
    fn from(barcode: BankBarcode) -> Self {
        barcode.to_string()
    }
}

impl TryFrom<String> for BankBarcode {
    type Error = BoletoError;

    fn try_from(text: String) -> Result<Self, BoletoError> {
        let digits = digits(&text).ok_or(BoletoError::WrongCharacters)?;
        let digits = <[u8; 44]>::try_from(digits).map_err(|_| BoletoError::WrongLength)?;
        Self::of_barcode(digits)
    }
}

impl fmt::Display for BankBarcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&text(&self.0))
    }
}
