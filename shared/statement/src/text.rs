//! Makes free text of callers and payers fit for a line of a file.

/// Returns the text on one line, without white space around it; `None` if nothing remains.
///
/// Control characters and Unicode line ends become spaces. U+FFFE and U+FFFF become U+FFFD; they
/// are the only other characters of a Rust string that XML 1.0 does not have (its production
/// `Char`).
pub(crate) fn one_line(text: Option<&str>) -> Option<String> {
    let line: String = text?.chars().map(replace_control).collect();
    let line = line.trim();
    (!line.is_empty()).then(|| line.to_owned())
}

/// Returns at most `characters_max` characters from the front.
pub(crate) fn cut(text: &str, characters_max: usize) -> &str {
    match text.char_indices().nth(characters_max) {
        Some((end, _)) => &text[..end],
        None => text,
    }
}

/// Returns at most `characters_max` characters from the back.
pub(crate) fn cut_front(text: &str, characters_max: usize) -> &str {
    let characters = text.chars().count();
    match text.char_indices().nth(characters.saturating_sub(characters_max)) {
        Some((start, _)) => &text[start..],
        None => "",
    }
}

fn replace_control(character: char) -> char {
    match character {
        '\u{fffe}' | '\u{ffff}' => char::REPLACEMENT_CHARACTER,
        '\u{2028}' | '\u{2029}' => ' ',
        _ if character.is_control() => ' ',
        _ => character,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_one_line_or_none() {
        let check = |text, expected: Option<&str>| {
            assert_eq!(one_line(Some(text)).as_deref(), expected, "{text:?}");
        };
        check("a\r\nb\tc\0d", Some("a  b c d"));
        check("a\u{2028}b\u{85}c\u{7f}d\u{ffff}", Some("a b c d\u{fffd}"));
        check(" \t ação 😀 ", Some("ação 😀"));
        check("\r\n\t ", None);
        check("", None);
        assert_eq!(one_line(None), None);
    }

    #[test]
    fn a_cut_is_between_characters() {
        assert_eq!((cut("açãos", 3), cut("açã", 3), cut("", 3)), ("açã", "açã", ""));
        assert_eq!(
            (cut_front("açãos", 3), cut_front("ão", 3), cut_front("", 3)),
            ("ãos", "ão", "")
        );
    }
}
