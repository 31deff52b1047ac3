//! Free text on a page: names, descriptions and references.

use domain::kernel::is_direction_override;
use unicode_normalization::UnicodeNormalization;

/// The character that stands for one that no page shows.
pub const REPLACEMENT: char = char::REPLACEMENT_CHARACTER;

/// Returns the text as a page has it: composed, and with [`REPLACEMENT`] for characters that break a line,
/// turn the direction of a text, or are none. So one text cannot look like another one, and no character
/// vanishes.
pub fn clean(text: &str) -> String {
    let shown = |character: char| {
        let refused = character.is_control()
            || is_direction_override(character)
            || matches!(character, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
            || is_noncharacter(character);
        if refused { REPLACEMENT } else { character }
    };
    text.nfc().map(shown).collect()
}

/// Returns true for the 66 code points that Unicode never assigns (Unicode 16.0, 23.7).
fn is_noncharacter(character: char) -> bool {
    let code = u32::from(character);
    (0xfdd0..=0xfdef).contains(&code) || code & 0xfffe == 0xfffe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_character_that_no_page_shows_is_replaced_and_does_not_vanish() {
        for (text, expected) in [
            ("Ana\u{202e}amiL", "Ana\u{fffd}amiL"),
            ("a\nb\u{0}", "a\u{fffd}b\u{fffd}"),
            ("\u{feff}x\u{ffff}\u{1fffe}", "\u{fffd}x\u{fffd}\u{fffd}"),
            ("Jose\u{301}", "José"),
            ("שלום <b> 😀", "שלום <b> 😀"),
        ] {
            assert_eq!(clean(text), expected, "{text:?}");
        }
    }
}
