//! E-mail keys. They allow less than e-mail addresses do, with one exception: the domain may be one
//! word.

use super::error::PixKeyError;
use super::kind::PixKeyKind;

/// Largest number of characters of a key.
const LONGEST: usize = 77;
/// Largest number of characters of one part of the domain.
const LONGEST_LABEL: usize = 63;
/// Characters before the `@` besides letters and digits. The directory's interface dropped `%` in
/// version 1.7.2 and `&` in 2.6.0.
const PUNCTUATION: &str = ".!#$'*+/=?^_`{|}~-";

/// Parses an address and returns it in lower case.
pub(super) fn parse(text: &str) -> Result<String, PixKeyError> {
    let kind = PixKeyKind::Email;
    // Only ASCII changes its case. The check below refuses accents in either case.
    let key = text.to_ascii_lowercase();
    if key.chars().count() > LONGEST {
        return Err(PixKeyError::WrongLength { kind });
    }
    match key.split_once('@') {
        Some((local, domain)) if is_local(local) && domain.split('.').all(is_label) => Ok(key),
        _ => Err(PixKeyError::WrongCharacters { kind }),
    }
}

/// Returns the first character and the domain of a valid key.
pub(super) fn masked(key: &str) -> String {
    let domain = key.split_once('@').map_or("", |(_, domain)| domain);
    format!("{}***@{domain}", &key[..1])
}

fn is_local(text: &str) -> bool {
    let allowed = |character: char| is_plain(character) || PUNCTUATION.contains(character);
    !text.is_empty() && text.chars().all(allowed)
}

/// Returns true for 1 to 63 letters, digits and hyphens, without a hyphen at either end.
fn is_label(text: &str) -> bool {
    (1..=LONGEST_LABEL).contains(&text.len())
        && text.chars().all(|character| is_plain(character) || character == '-')
        && !text.starts_with('-')
        && !text.ends_with('-')
}

fn is_plain(character: char) -> bool {
    character.is_ascii_lowercase() || character.is_ascii_digit()
}
