//! Why the digits of a boleto were refused.

use thiserror::Error;

/// A field of a digitable line that has a check digit of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineField(pub(super) u8);

impl LineField {
    /// Returns the number of the field, from 1 to 4.
    pub const fn number(self) -> u8 {
        self.0
    }
}

/// Why digits are not a boleto, or why a barcode cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum BoletoError {
    /// A character other than a digit, a space, a dot or a hyphen.
    #[error("a boleto has only digits; dots, hyphens and spaces between them are ignored")]
    WrongCharacters,
    /// Not 44, 47 or 48 digits.
    #[error(
        "a barcode has 44 digits, the line of a bank 47 and the line of a bill 48; send all of them"
    )]
    WrongLength,
    /// The line of a bill does not begin with 8, or that of a bank does.
    #[error("the line of a bill has 48 digits and begins with 8; the line of a bank has 47 digits")]
    WrongProduct,
    /// The check digit of a field of the line is wrong.
    #[error("field {} of the line has a wrong check digit; check for a typing mistake", .0.number())]
    WrongField(LineField),
    /// The check digit of the whole barcode is wrong.
    #[error("the general check digit is wrong; check for a typing mistake")]
    WrongCheckDigit,
    /// The currency is not the real.
    #[error("the digit of the currency must be 9, which is the real")]
    WrongCurrency,
    /// The bill has no such kind of value.
    #[error("the third digit of a bill must be 6, 7, 8 or 9")]
    WrongValueKind,
    /// The bill has no such segment.
    #[error("the second digit of a bill must be 1 to 7 or 9")]
    WrongSegment,
    /// The amount has more than ten digits.
    #[error("a boleto is at most 99999999.99 reais")]
    AmountTooLarge,
    /// The due date is before 2000-07-03, whose factor is the first.
    #[error("the due date of a boleto is 2000-07-03 or later")]
    DateTooEarly,
    /// The bank code or the free field has the wrong length.
    #[error("a bank code has 3 digits and a free field 25")]
    WrongParts,
}
