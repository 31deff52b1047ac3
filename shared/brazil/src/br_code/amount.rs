//! The amount of a BR Code, object 54: reais with a dot in the code, whole cents here.

use super::error::BrCodeError;

/// Largest amount that fits 13 characters with two decimals, in cents.
const LARGEST_CENTS: u64 = 999_999_999_999;

/// Refuses an amount, in cents, that the object cannot hold. It refuses zero, because a code without
/// the object lets the payer choose the amount.
pub(super) fn check(cents: u64) -> Result<u64, BrCodeError> {
    match (1..=LARGEST_CENTS).contains(&cents) {
        true => Ok(cents),
        false => Err(BrCodeError::WrongAmount),
    }
}

/// Reads reais with no, one or two decimals; EMV allows all three.
pub(super) fn read(text: &str) -> Result<u64, BrCodeError> {
    let (reais, decimals) = match text.split_once('.') {
        Some((reais, decimals)) if (1..=2).contains(&decimals.len()) => (reais, decimals),
        Some(_) => return Err(BrCodeError::WrongAmount),
        None => (text, ""),
    };
    let digits = format!("{reais}{decimals:0<2}");
    // `parse` would also accept a sign, which is not a digit.
    let is_number = !reais.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if text.len() > 13 || !is_number {
        return Err(BrCodeError::WrongAmount);
    }
    check(digits.parse().map_err(|_| BrCodeError::WrongAmount)?)
}

/// Writes reais with two decimals.
pub(super) fn write(cents: u64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}
