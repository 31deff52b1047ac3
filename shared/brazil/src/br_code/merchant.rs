//! The merchant's name and city in ASCII, as a BR Code has them.
//!
//! Lengths count characters, the checksum covers bytes, and readers disagree about the difference.
//! ASCII has no difference, so this module removes accents before it measures a length.

/// Why a BR Code cannot show a name or a city unchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MerchantError {
    /// The text is empty or has only spaces.
    #[error("the text is empty; write at least one character")]
    Empty,
    /// The code would cut the text.
    #[error("the text has more than {longest} characters; shorten it")]
    TooLong {
        /// Largest number of characters.
        longest: usize,
    },
    /// The code would drop a character.
    #[error("a QR code has only Latin letters, digits and signs; remove the other characters")]
    WrongCharacter,
}

/// Checks that a code shows all of a text except its accents.
pub(super) fn check(text: &str, longest: usize) -> Result<(), MerchantError> {
    // A combining accent belongs to the letter before it, and is removed like any other.
    let shown = |character: char| {
        to_ascii(character).is_some() || ('\u{300}'..='\u{36f}').contains(&character)
    };
    if text.chars().any(|character| character.is_control() || !shown(character)) {
        return Err(MerchantError::WrongCharacter);
    }
    let plain = plain(text, usize::MAX).ok_or(MerchantError::Empty)?;
    if plain.len() > longest { Err(MerchantError::TooLong { longest }) } else { Ok(()) }
}

/// Removes the accents and every character without an ASCII form, and cuts to `longest` characters.
/// Returns `None` if no character is left.
pub(super) fn plain(text: &str, longest: usize) -> Option<String> {
    let ascii: String = text.chars().filter_map(to_ascii).collect();
    let words: Vec<&str> = ascii.split_whitespace().collect();
    let cut: String = words.join(" ").chars().take(longest).collect();
    let trimmed = cut.trim_end();
    (!trimmed.is_empty()).then(|| trimmed.to_owned())
}

/// Returns the ASCII form of a character: the letters of Portuguese and its neighbours, and the signs
/// that word processors insert. Returns `None` for a combining accent, so decomposed text gives the
/// same result.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_city(text: &str, expected: Result<(), MerchantError>) {
        assert_eq!(check(text, 15), expected, "{text:?}");
    }

    #[test]
    fn what_a_code_would_cut_or_lose_is_refused() {
        check_city("Sao Paulo", Ok(()));
        check_city("São Luís", Ok(()));
        check_city("Sa\u{303}o Lui\u{301}s", Ok(()));
        check_city("ÁÉÍÓÚÁÉÍÓÚÁÉÍÓÚ", Ok(()));
        check_city(" S. J. dos Campos ".trim(), Err(MerchantError::TooLong { longest: 15 }));
        check_city("", Err(MerchantError::Empty));
        check_city("  ", Err(MerchantError::Empty));
        check_city("\u{301}", Err(MerchantError::Empty));
        for text in ["東京", "Sao\nPaulo", "Sao\0Paulo", "Łódź", "Loja 🛒"] {
            check_city(text, Err(MerchantError::WrongCharacter));
        }
    }
}
