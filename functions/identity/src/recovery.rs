//! Recovery codes: `4-7KQ2M-9XJ3P-T8WNA`. The first digit says which hash to compare, so a login
//! costs one hash, not ten.

use domain::kernel::Moment;

/// How many a person gets.
pub(crate) const CODES: usize = 10;
/// No letters that are mistaken for others (Crockford): 5 bits each, 75 in all.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const GROUPS: usize = 3;
const GROUP_LENGTH: usize = 5;

/// Ten fresh codes.
pub(crate) fn mint(moment: &Moment) -> Vec<String> {
    let letter = |byte: &u8| char::from(LETTERS[usize::from(byte % 32)]);
    (0..CODES)
        .map(|place| {
            let bytes = moment.bytes::<{ GROUPS * GROUP_LENGTH }>();
            bytes.chunks(GROUP_LENGTH).fold(place.to_string(), |code, group| {
                let group: String = group.iter().map(letter).collect();
                format!("{code}-{group}")
            })
        })
        .collect()
}

/// Which code this claims to be, and how it is hashed: capitals, however it was typed.
pub(crate) fn read(code: &str) -> Option<(usize, String)> {
    let code = code.trim().to_ascii_uppercase();
    let place = code.split('-').next()?.parse().ok().filter(|place| *place < CODES)?;
    Some((place, code))
}
