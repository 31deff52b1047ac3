//! The agreement of an account with the bank that registers its boletos ("convênio").
use crate::kernel::Error;
use brazil::Bank;
use serde::{Deserialize, Serialize};

/// Largest amount of a boleto, in cents: ten digits of the barcode.
pub const BOLETO_AMOUNT_CENTS_MAX: u64 = 9_999_999_999;
/// Digits of the free field of a barcode.
const FREE_FIELD_DIGITS: usize = 25;

/// An agreement. It is stored with each boleto, so that a later agreement changes no earlier boleto.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoletoAgreement {
    /// Code of the bank (COMPE), 3 digits.
    pub bank_code: String,
    /// Branch, 4 digits.
    pub branch: String,
    /// Number of the agreement at the bank, 8 digits.
    pub number: String,
    /// Wallet ("carteira"), 2 digits.
    pub wallet: String,
    /// Smallest amount of a boleto, in cents.
    pub amount_cents_min: u64,
    /// Most days after the due date on which banks take the payment.
    pub payable_days_max: u16,
}

impl BoletoAgreement {
    /// Returns the bank, if the list of banks has it.
    pub fn bank(&self) -> Option<&'static Bank> {
        Bank::by_code(&self.bank_code)
    }

    /// Returns the free field of a barcode: branch, agreement, wallet and number (11 digits).
    ///
    /// # Errors
    /// An internal error if the parts do not have 25 digits together.
    pub fn free_field(&self, our_number: u64) -> Result<String, Error> {
        let Self { branch, number, wallet, .. } = self;
        let field = format!("{branch}{number}{wallet}{our_number:011}");
        let is_right =
            field.len() == FREE_FIELD_DIGITS && field.bytes().all(|it| it.is_ascii_digit());
        is_right.then_some(field).ok_or_else(|| Error::internal("the free field has 25 digits"))
    }

    /// Returns the number of a boleto as the bank writes it: wallet, slash and 11 digits.
    pub fn printed_number(&self, our_number: u64) -> String {
        format!("{}/{our_number:011}", self.wallet)
    }
}
