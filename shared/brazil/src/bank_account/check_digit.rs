//! The check digits of the banks that publish a rule.
//!
//! Sources: Icatu Seguros, "Regras de validação de dígito verificador de agência e conta corrente",
//! as read by `brazilian-utils/javascript`; Caixa, Leiaute CNAB 400 67.126 v029, notes NE051 and
//! NE052; Santander, Débito Automático 150 posições, versão 08.

use crate::bank::Bank;

/// Number of digits of an account of Santander, with the type of account first.
const SANTANDER_LENGTH: usize = 8;
/// Weights of the branch, two zeros and the account.
const SANTANDER_WEIGHTS: [u32; 14] = [9, 7, 3, 1, 0, 0, 9, 7, 1, 3, 1, 9, 7, 3];
/// Number of digits of an account of Caixa in its layouts.
const CAIXA_LENGTH: usize = 12;
/// Number of digits in its older form: three of the operation and eight of the account.
const CAIXA_OPERATION_LENGTH: usize = 11;
/// Number of digits of an account of Itaú.
const ITAU_LENGTH: usize = 5;
/// Number of digits of an account of Banco do Brasil: one for each weight from 9 to 2.
const BANCO_DO_BRASIL_LENGTH: usize = 8;
/// Number of digits of an account of Bradesco.
const BRADESCO_LENGTH: usize = 7;

/// Returns the check digit of the number in the bank's own spelling, or `None` if the last character
/// cannot be its check digit. Pix writes a letter as 0, which becomes the letter.
///
/// The branch has four digits. The number has digits and then one character.
pub(super) fn check_digit(bank: &Bank, branch: &str, number: &str) -> Option<String> {
    let (account, digit) = number.split_at(number.len() - 1);
    let right = match bank.code() {
        Some("001") => lettered(account, BANCO_DO_BRASIL_LENGTH, 9, "X"),
        Some("033") => santander(branch, account).into_iter().collect(),
        Some("104") => caixa(branch, account),
        Some("237") => lettered(account, BRADESCO_LENGTH, 7, "P"),
        Some("341") => itau(branch, account).into_iter().collect(),
        _ => Vec::new(),
    };
    let is_letter = |right: &str| right.bytes().all(|byte| byte.is_ascii_uppercase());
    match right.iter().find(|right| digit == *right || digit == "0" && is_letter(right)) {
        Some(right) => Some(right.clone()),
        // The bank has no rule for the number.
        None => right.is_empty().then(|| digit.to_owned()),
    }
}

/// Returns the check digit of a bank that writes 10 as a letter. Returns none if the number is too long for
/// the rule.
fn lettered(account: &str, length: usize, heaviest: u32, ten: &str) -> Vec<String> {
    if fill(account, length).len() > length {
        return Vec::new();
    }
    vec![character(modulo_11(account, heaviest), ten)]
}

/// Returns the check digit. Returns `None` if the number is too long for the rule.
fn itau(branch: &str, account: &str) -> Option<String> {
    let account = fill(account, ITAU_LENGTH);
    (account.len() == ITAU_LENGTH).then(|| modulo_10(&format!("{branch}{account}")))
}

/// Returns the check digit. Returns `None` if the number is too long for the rule.
fn santander(branch: &str, account: &str) -> Option<String> {
    let account = fill(account, SANTANDER_LENGTH);
    if account.len() > SANTANDER_LENGTH {
        return None;
    }
    let base = format!("{branch}00{account}");
    let products = digits(&base).zip(SANTANDER_WEIGHTS).map(|(digit, weight)| digit * weight % 10);
    let sum: u32 = products.sum();
    Some(((10 - sum % 10) % 10).to_string())
}

/// Returns the check digits that the number may have: of the account alone, or of branch and account.
/// Only the length shows the form, so a number without its leading zeros may have either. Returns none
/// if the number is too long for the rule.
fn caixa(branch: &str, account: &str) -> Vec<String> {
    let own = modulo_11(account, 9);
    let of_both = |length| modulo_11(&format!("{branch}{}", fill(account, length)), 9);
    let right = match account.len() {
        CAIXA_OPERATION_LENGTH => vec![of_both(CAIXA_OPERATION_LENGTH)],
        CAIXA_LENGTH => vec![own, of_both(CAIXA_LENGTH)],
        length if length > CAIXA_LENGTH => Vec::new(),
        _ => vec![own, of_both(CAIXA_LENGTH), of_both(CAIXA_OPERATION_LENGTH)],
    };
    right.into_iter().map(|value| character(value, "0")).collect()
}

/// Returns the number with as many leading zeros as the rule needs, sent or not.
fn fill(account: &str, length: usize) -> String {
    format!("{:0>length$}", account.trim_start_matches('0'))
}

/// Returns a modulo 11 as one character. Each bank has a character of its own for 10.
fn character(value: u32, ten: &str) -> String {
    if value == 10 { ten.to_owned() } else { value.to_string() }
}

/// Returns the modulo 11, 0 to 10, with the weights 2 to the heaviest, repeated from the right.
fn modulo_11(base: &str, heaviest: u32) -> u32 {
    let weights = (2..=heaviest).cycle();
    let sum: u32 = digits(base).rev().zip(weights).map(|(digit, weight)| digit * weight).sum();
    (11 - sum % 11) % 11
}

/// Returns the modulo 10 with the weights 2 and 1 in turn from the right, adding up the digits of each
/// product.
fn modulo_10(base: &str) -> String {
    let products = digits(base).rev().zip([2, 1].into_iter().cycle());
    let sum: u32 = products
        .map(|(digit, weight)| digit * weight)
        .map(|product| product / 10 + product % 10)
        .sum();
    ((10 - sum % 10) % 10).to_string()
}

/// Returns the values of ASCII digits.
fn digits(base: &str) -> impl DoubleEndedIterator<Item = u32> {
    base.bytes().map(|byte| u32::from(byte) - u32::from(b'0'))
}
