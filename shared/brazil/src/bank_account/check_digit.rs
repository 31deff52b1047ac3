//! The check digits of the banks whose rule is known.
//!
//! Sources: Icatu Seguros, "Regras de validação de dígito verificador de agência e conta corrente",
//! as read by `brazilian-utils/javascript`; Caixa, Leiaute CNAB 400 67.126 v029, notes NE051 and
//! NE052; Santander, Débito Automático 150 posições, versão 08.

use crate::bank::Bank;

/// The digits of an account of Santander, the type of account first.
const SANTANDER_LENGTH: usize = 8;
/// Over the branch, two zeros and the account.
const SANTANDER_WEIGHTS: [u32; 14] = [9, 7, 3, 1, 0, 0, 9, 7, 1, 3, 1, 9, 7, 3];
/// The digits of an account of Caixa as its layouts have it.
const CAIXA_LENGTH: usize = 12;
/// The same in the form before: three of the operation and eight of the account.
const CAIXA_OPERATION_LENGTH: usize = 11;
/// The digits of an account of Itaú.
const ITAU_LENGTH: usize = 5;

/// Whether the last character of the number is one that the bank could give it.
///
/// The branch has four digits, and the number has digits and one character after them.
pub(super) fn matches(bank: &Bank, branch: &str, number: &str) -> bool {
    let (account, digit) = number.split_at(number.len() - 1);
    match bank.code() {
        Some("001") => digit == written(modulo_11(account, 9), "X"),
        Some("033") => santander(branch, account).is_none_or(|right| digit == right),
        Some("104") => {
            let right = caixa(branch, account);
            right.is_empty() || right.iter().any(|right| digit == right)
        }
        Some("237") => digit == written(modulo_11(account, 7), "P"),
        Some("341") => digit == modulo_10(&format!("{branch}{}", fill(account, ITAU_LENGTH))),
        _ => true,
    }
}

/// None for a number that is too long for the rule.
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

/// The digits a number may have: the account's own, or that of branch and account. Which form it is,
/// only its length tells, and one whose zeros were left out may be of either. None for a number that
/// is too long for the rule.
fn caixa(branch: &str, account: &str) -> Vec<String> {
    let own = modulo_11(account, 9);
    let of_both = |length| modulo_11(&format!("{branch}{}", fill(account, length)), 9);
    let right = match account.len() {
        CAIXA_OPERATION_LENGTH => vec![of_both(CAIXA_OPERATION_LENGTH)],
        CAIXA_LENGTH => vec![own, of_both(CAIXA_LENGTH)],
        length if length > CAIXA_LENGTH => Vec::new(),
        _ => vec![own, of_both(CAIXA_LENGTH), of_both(CAIXA_OPERATION_LENGTH)],
    };
    right.into_iter().map(|value| written(value, "0")).collect()
}

/// The number with as many zeros before it as the rule counts, whether they were sent or not.
fn fill(account: &str, length: usize) -> String {
    format!("{:0>length$}", account.trim_start_matches('0'))
}

/// A modulo 11 as one character: a bank has its own for ten.
fn written(value: u32, ten: &str) -> String {
    if value == 10 { ten.to_owned() } else { value.to_string() }
}

/// Weights from 2 to the heaviest, from the right, over and over. From 0 to 10.
fn modulo_11(base: &str, heaviest: u32) -> u32 {
    let weights = (2..=heaviest).cycle();
    let sum: u32 = digits(base).rev().zip(weights).map(|(digit, weight)| digit * weight).sum();
    (11 - sum % 11) % 11
}

/// Weights 2 and 1 in turn, from the right, and the digits of each product added up.
fn modulo_10(base: &str) -> String {
    let products = digits(base).rev().zip([2, 1].into_iter().cycle());
    let sum: u32 = products.map(|(digit, weight)| digit * weight).map(|it| it / 10 + it % 10).sum();
    ((10 - sum % 10) % 10).to_string()
}

/// The values of ASCII digits.
fn digits(base: &str) -> impl DoubleEndedIterator<Item = u32> {
    base.bytes().map(|byte| u32::from(byte) - u32::from(b'0'))
}
