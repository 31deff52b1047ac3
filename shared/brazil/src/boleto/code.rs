//! The digits of a boleto, as a person types them or a reader reads them.

use super::bank_barcode::BankBarcode;
use super::bill_barcode::BillBarcode;
use super::digits::digits;
use super::error::BoletoError;

/// The first digit of a bill.
const BILL: u8 = 8;

/// A boleto: of a bank or a bill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BoletoCode {
    /// A boleto of a bank.
    Bank(BankBarcode),
    /// A bill.
    Bill(BillBarcode),
}

impl BoletoCode {
    /// Reads a barcode of 44 digits or a line of 47 or 48. Spaces, dots and hyphens are ignored.
    ///
    /// # Errors
    /// [`BoletoError`] names what is wrong: all check digits are checked.
    pub fn parse(text: &str) -> Result<Self, BoletoError> {
        let text: String = text.chars().filter(|char| !" .-".contains(*char)).collect();
        let digits = digits(&text).ok_or(BoletoError::WrongCharacters)?;
        let is_bill = digits.first() == Some(&BILL);
        let digits = digits.as_slice();
        if let Ok(barcode) = <[u8; 44]>::try_from(digits) {
            return match is_bill {
                true => BillBarcode::of_barcode(barcode).map(Self::Bill),
                false => BankBarcode::of_barcode(barcode).map(Self::Bank),
            };
        }
        match (<&[u8; 47]>::try_from(digits), <&[u8; 48]>::try_from(digits)) {
            (Ok(line), _) if !is_bill => BankBarcode::of_line(line).map(Self::Bank),
            (_, Ok(line)) if is_bill => BillBarcode::of_line(line).map(Self::Bill),
            (Err(_), Err(_)) => Err(BoletoError::WrongLength),
            _ => Err(BoletoError::WrongProduct),
        }
    }
}
