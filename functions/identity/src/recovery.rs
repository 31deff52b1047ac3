//! Recovery codes, such as `4-7KQ2M-9XJ3P-T8WNA`. The first digit names the hash to compare, so that
//! a login costs one hash and not ten.

use domain::kernel::Moment;

/// Number of codes of a person.
pub(crate) const CODES: usize = 10;
/// Letters that cannot be confused (Crockford): 5 bits each, 75 bits in a code.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const GROUPS: usize = 3;
const GROUP_LENGTH: usize = 5;

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

/// Reads a code: returns the index of its hash, and the code in capitals, as it is hashed. Returns `None`
/// if it has no valid index.
pub(crate) fn read(code: &str) -> Option<(usize, String)> {
    let code = code.trim().to_ascii_uppercase();
    let index = code.split('-').next()?.parse().ok().filter(|index| *index < CODES)?;
    Some((index, code))
}
