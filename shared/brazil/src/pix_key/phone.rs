//! Phone keys: Brazilian mobile phones. The directory accepts phones of any country, but the accounts
//! of this product are in Brazil.

use super::error::PixKeyError;
use super::kind::PixKeyKind;

/// Every area code. Source: Anatel, Plano Geral de Códigos Nacionais (Resolução 263/2001).
const AREA_CODES: [&str; 67] = [
    "11", "12", "13", "14", "15", "16", "17", "18", "19", "21", "22", "24", "27", "28", "31", "32",
    "33", "34", "35", "37", "38", "41", "42", "43", "44", "45", "46", "47", "48", "49", "51", "53",
    "54", "55", "61", "62", "63", "64", "65", "66", "67", "68", "69", "71", "73", "74", "75", "77",
    "79", "81", "82", "83", "84", "85", "86", "87", "88", "89", "91", "92", "93", "94", "95", "96",
    "97", "98", "99",
];
/// Number of digits of a mobile phone, area code included: nine follow it since Anatel's Resolução
/// 553/2010.
const NATIONAL_LENGTH: usize = 11;

/// Returns true if the text is written as a phone and as nothing else.
pub(super) fn is_written_as_one(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    text.starts_with(['+', '(']) || text.starts_with("0055") && digits == NATIONAL_LENGTH + 4
}

/// Parses a phone with or without the country code; ignores spaces, hyphens and parentheses.
pub(super) fn parse(text: &str) -> Result<String, PixKeyError> {
    let kind = PixKeyKind::Phone;
    let prefixed = ["+55", "0055"].into_iter().find_map(|prefix| text.strip_prefix(prefix));
    let mut digits = String::new();
    for character in prefixed.unwrap_or(text).chars() {
        match character {
            '0'..='9' => digits.push(character),
            ' ' | '-' | '(' | ')' => {}
            _ => return Err(PixKeyError::WrongCharacters { kind }),
        }
    }
    // 55 is also an area code; only the length shows which.
    let bare = digits.strip_prefix("55").filter(|rest| rest.len() == NATIONAL_LENGTH);
    let national = bare.filter(|_| prefixed.is_none()).unwrap_or(&digits);
    // A landline has one digit less, and an error of its own.
    if ![NATIONAL_LENGTH - 1, NATIONAL_LENGTH].contains(&national.len()) {
        return Err(PixKeyError::WrongLength { kind });
    }
    let (area_code, subscriber) = national.split_at(2);
    if !AREA_CODES.contains(&area_code) {
        return Err(PixKeyError::UnknownAreaCode);
    }
    if national.len() != NATIONAL_LENGTH || !subscriber.starts_with('9') {
        return Err(PixKeyError::NotMobile);
    }
    Ok(format!("+55{national}"))
}

/// Returns a valid key with only its last four digits shown.
pub(super) fn masked(key: &str) -> String {
    format!("+55 ** *****-{}", &key[key.len() - 4..])
}
