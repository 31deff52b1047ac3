//! Recovery codes, such as `4-7KQ2M-9XJ3P-T8WNA`. The first digit names the hash to compare, so that
//! a log-in costs one hash and not ten.

use domain::kernel::Moment;
use schemars::JsonSchema;
use serde::Serialize;

/// Number of codes of a person.
pub(crate) const CODES: usize = 10;
/// Letters that cannot be confused (Crockford): 5 bits each, 75 bits in a code.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const GROUPS: usize = 3;
const GROUP_LENGTH: usize = 5;

/// Recovery codes. Only this answer shows them.
#[derive(Serialize, JsonSchema)]
pub struct RecoveryCodes {
    /// Ten codes; each works once for a log-in without the authenticator.
    pub(crate) recovery_codes: Vec<String>,
}

/// Makes ten codes.
pub(crate) fn mint(moment: &Moment) -> Vec<String> {
    let letter = |byte: &u8| char::from(LETTERS[usize::from(byte % 32)]);
    (0..CODES)
        .map(|index| {
            let bytes = moment.bytes::<{ GROUPS * GROUP_LENGTH }>();
            bytes.chunks(GROUP_LENGTH).fold(index.to_string(), |code, group| {
                let group: String = group.iter().map(letter).collect();
                format!("{code}-{group}")
            })
        })
        .collect()
}

/// Reads a code: returns the index of its hash, and the code as it is hashed. Lower case, spaces and
/// missing hyphens do not matter, nor do letters that look like digits (O, I and L). Returns `None` if
/// the code has another form.
pub(crate) fn read(code: &str) -> Option<(usize, String)> {
    let letters: String = code
        .chars()
        .filter(|letter| !letter.is_whitespace() && *letter != '-')
        .map(|letter| match letter.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            letter => letter,
        })
        .collect();
    let is_code = letters.len() == 1 + GROUPS * GROUP_LENGTH
        && letters.bytes().all(|letter| LETTERS.contains(&letter));
    let (index, rest) = letters.split_at_checked(1).filter(|_| is_code)?;
    let index = index.parse().ok().filter(|index| *index < CODES)?;
    let groups = rest.as_bytes().chunks(GROUP_LENGTH).map(String::from_utf8_lossy);
    let code = groups.fold(format!("{index}"), |code, group| format!("{code}-{group}"));
    Some((index, code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_however_it_is_typed() {
        let canonical = Some((4, "4-7KQ2M-9XJ0P-T8W1A".to_owned()));
        for typed in [
            "4-7KQ2M-9XJ0P-T8W1A",
            " 4-7kq2m-9xj0p-t8w1a ",
            "47KQ2M9XJ0PT8W1A",
            "4 7kq2m 9xjop t8wla",
            "47KQ2M-9XJ0PT8WIA",
        ] {
            assert_eq!(read(typed), canonical, "{typed}");
        }
        for wrong in [
            "",
            "4",
            "4-7KQ2M-9XJ0P",
            "4-7KQ2M-9XJ0P-T8W1A0",
            "é-7KQ2M-9XJ0P-T8W1A",
            "A-7KQ2M-9XJ0P-T8W1A",
        ] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
