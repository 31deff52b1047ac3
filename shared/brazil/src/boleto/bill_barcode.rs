//! The barcode of a bill (arrecadação): taxes, water, energy, telephone and fines, 44 digits.
//!
//! Position 1 is 8, 2 the segment, 3 the kind of value, 4 the general check digit, 5 to 15 the value, 16
//! to 44 what the biller decides.

use std::fmt;

use super::check_digit::{modulo_10, modulo_11};
use super::digits::text;
use super::error::{BoletoError, LineField};

/// The segment of a biller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BillSegment {
    /// 1: a city.
    City,
    /// 2: water and sewage.
    Sanitation,
    /// 3: energy and gas.
    Energy,
    /// 4: telecommunications.
    Telecommunications,
    /// 5: a public body.
    PublicBody,
    /// 6: a company, identified by its CNPJ.
    Company,
    /// 7: traffic fines.
    TrafficFine,
    /// 9: for the bank's own use.
    Bank,
}

impl BillSegment {
    const fn of(digit: u8) -> Option<Self> {
        Some(match digit {
            1 => Self::City,
            2 => Self::Sanitation,
            3 => Self::Energy,
            4 => Self::Telecommunications,
            5 => Self::PublicBody,
            6 => Self::Company,
            7 => Self::TrafficFine,
            9 => Self::Bank,
            _ => return None,
        })
    }

    /// Returns the segment as a word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::City => "city",
            Self::Sanitation => "sanitation",
            Self::Energy => "energy",
            Self::Telecommunications => "telecommunications",
            Self::PublicBody => "public_body",
            Self::Company => "company",
            Self::TrafficFine => "traffic_fine",
            Self::Bank => "bank",
        }
    }
}

/// The value of a bill.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BillValue {
    /// An amount to pay, in cents.
    Cents(u64),
    /// A quantity of another currency or index, with two decimals as in the barcode.
    Quantity(u64),
}

/// The barcode of a bill. `Display` writes its 44 digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BillBarcode([u8; 44]);

impl BillBarcode {
    /// Reads the 44 digits of a barcode.
    pub(super) fn of_barcode(digits: [u8; 44]) -> Result<Self, BoletoError> {
        let barcode = Self(digits);
        BillSegment::of(digits[1]).ok_or(BoletoError::WrongSegment)?;
        let others = [&digits[..3], &digits[4..]].concat();
        if barcode.check_digit(&others)? != digits[3] {
            return Err(BoletoError::WrongCheckDigit);
        }
        Ok(barcode)
    }

    /// Reads the 48 digits of a line: four fields of 11 digits, each with its check digit.
    pub(super) fn of_line(line: &[u8; 48]) -> Result<Self, BoletoError> {
        let fields: Vec<_> = line.chunks(12).map(|field| &field[..11]).collect();
        let digits = <[u8; 44]>::try_from(fields.concat());
        let barcode = Self(digits.map_err(|_| BoletoError::WrongLength)?);
        for (number, field) in (1..).zip(line.chunks(12)) {
            if barcode.check_digit(&field[..11])? != field[11] {
                return Err(BoletoError::WrongField(LineField(number)));
            }
        }
        Self::of_barcode(barcode.0)
    }

    /// Returns the check digit of digits of this bill: modulo 10 or 11, as its kind of value says.
    fn check_digit(&self, digits: &[u8]) -> Result<u8, BoletoError> {
        match (self.0[2], modulo_11(digits)) {
            (6 | 7, _) => Ok(modulo_10(digits)),
            (8 | 9, 10 | 11) => Ok(0),
            (8 | 9, digit) => Ok(digit),
            _ => Err(BoletoError::WrongValueKind),
        }
    }

    /// Returns the segment of the biller.
    pub fn segment(&self) -> BillSegment {
        BillSegment::of(self.0[1]).unwrap_or(BillSegment::Bank)
    }

    /// Returns the value. Digits 6 and 8 mean an amount, 7 and 9 a quantity.
    pub fn value(&self) -> BillValue {
        let value = self.0[4..15].iter().fold(0, |sum, digit| sum * 10 + u64::from(*digit));
        match self.0[2] {
            6 | 8 => BillValue::Cents(value),
            _ => BillValue::Quantity(value),
        }
    }

    /// Returns the digitable line: 48 digits.
    pub fn digitable_line(&self) -> String {
        let field = |field: &[u8]| text(field) + &self.check_digit(field).unwrap_or(0).to_string();
        self.0.chunks(11).map(field).collect()
    }

    /// Returns the digitable line as bills print it: four fields, each with a hyphen before its check
    /// digit.
    pub fn printed_line(&self) -> String {
        let line = self.digitable_line();
        let fields = [0, 12, 24, 36].map(|from| &line[from..from + 12]);
        fields.map(|field| format!("{}-{}", &field[..11], &field[11..])).join(" ")
    }
}

impl fmt::Display for BillBarcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&text(&self.0))
    }
}
