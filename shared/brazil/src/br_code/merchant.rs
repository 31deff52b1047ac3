//! The merchant's name and city in the plain ASCII that a BR Code carries.
//!
//! Lengths count characters and the checksum counts bytes, and readers disagree about the
//! difference. In ASCII there is none, so accents are taken off before anything is measured.

/// Takes off the accents, drops what has no ASCII form, and cuts to `longest` characters. Nothing
/// is left of a text without one ASCII character, and the answer is then none.
pub(super) fn plain(text: &str, longest: usize) -> Option<String> {
    let ascii: String = text.chars().filter_map(to_ascii).collect();
    let words: Vec<&str> = ascii.split_whitespace().collect();
    let cut: String = words.join(" ").chars().take(longest).collect();
    let trimmed = cut.trim_end();
    (!trimmed.is_empty()).then(|| trimmed.to_owned())
}

/// The letters of Portuguese and its neighbours, and the signs that word processors put in. A
/// combining accent has no form of its own, so decomposed text comes out right as well.
fn to_ascii(character: char) -> Option<char> {
    Some(match character {
        ' '..='~' => character,
        'á' | 'à' | 'â' | 'ã' | 'ä' | 'å' | 'ª' => 'a',
        'Á' | 'À' | 'Â' | 'Ã' | 'Ä' | 'Å' => 'A',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'É' | 'È' | 'Ê' | 'Ë' => 'E',
        'í' | 'ì' | 'î' | 'ï' => 'i',
        'Í' | 'Ì' | 'Î' | 'Ï' => 'I',
        'ó' | 'ò' | 'ô' | 'õ' | 'ö' | 'ø' | 'º' => 'o',
        'Ó' | 'Ò' | 'Ô' | 'Õ' | 'Ö' | 'Ø' => 'O',
        'ú' | 'ù' | 'û' | 'ü' => 'u',
        'Ú' | 'Ù' | 'Û' | 'Ü' => 'U',
        'ç' => 'c',
        'Ç' => 'C',
        'ñ' => 'n',
        'Ñ' => 'N',
        'ý' | 'ÿ' => 'y',
        'Ý' => 'Y',
        '‘' | '’' | '´' => '\'',
        '“' | '”' => '"',
        '–' | '—' => '-',
        _ if character.is_whitespace() => ' ',
        _ => return None,
    })
}
