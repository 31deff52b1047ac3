//! Free text of callers: names, descriptions, references, reasons and metadata.
//!
//! A text is kept exactly as it was sent. So people read in it what the caller wrote: emoji with joiners,
//! Arabic, Hebrew, and letters that consist of several characters. Refused are characters that make a text
//! look like another one, or that break a line of a log, a terminal or a file.
use crate::kernel::{Flaw, Violation};
use icu_properties::CodePointSetData;
use icu_properties::props::DefaultIgnorableCodePoint;
use std::collections::BTreeMap;

/// Characters of the longest reference.
pub const REFERENCE_LENGTH_MAX: usize = 64;
/// Largest number of notes in the metadata of an object.
const NOTES_MAX: usize = 20;
/// Characters of the longest name of a note.
const NOTE_NAME_LENGTH_MAX: usize = 40;
/// Characters of the longest value of a note.
const NOTE_VALUE_LENGTH_MAX: usize = 500;
/// A letter without ink. It is neither white space nor ignorable in Unicode.
const BRAILLE_BLANK: char = '\u{2800}';

/// Returns the violation of a text that does not have 1 to `length_max` characters, shows nothing, or
/// has a forbidden character.
pub fn text_flaw(field: &str, text: &str, length_max: usize) -> Option<Violation> {
    let length = text.chars().count();
    if !(1..=length_max).contains(&length) {
        let detail = format!("the text must have 1 to {length_max} characters; it has {length}");
        return Some(Violation::new(field, Flaw::WrongLength, detail));
    }
    forbidden_character(field, text).or_else(|| {
        let detail = "the text has only spaces or invisible characters; write at least one visible \
                      character";
        text.chars().all(is_invisible).then(|| Violation::new(field, Flaw::Blank, detail))
    })
}

/// Returns the violation of an optional text; see [`text_flaw`].
pub fn optional_text_flaw(field: &str, text: Option<&str>, length_max: usize) -> Option<Violation> {
    text.and_then(|text| text_flaw(field, text, length_max))
}

/// Returns the violation of a caller's own id. References are compared byte by byte, as they were sent,
/// so white space around one is refused: two references would look the same.
pub fn reference_flaw(field: &str, reference: Option<&str>) -> Option<Violation> {
    let reference = reference?;
    text_flaw(field, reference, REFERENCE_LENGTH_MAX).or_else(|| {
        let detail = "a reference must not begin or end with a space; remove it";
        let is_padded = reference.trim() != reference;
        is_padded.then(|| Violation::new(field, Flaw::ForbiddenCharacter, detail))
    })
}

/// Returns the violations of the caller's own notes. The value of a note may be empty.
pub fn metadata_flaws(field: &str, notes: &BTreeMap<String, String>) -> Vec<Violation> {
    let mut violations = Vec::new();
    if notes.len() > NOTES_MAX {
        let detail = format!("metadata must have at most {NOTES_MAX} notes");
        violations.push(Violation::new(field, Flaw::WrongLength, detail));
    }
    for (name, value) in notes {
        // A name that is refused may be long or invisible, so the field does not repeat it.
        if let Some(mut violation) = text_flaw(field, name, NOTE_NAME_LENGTH_MAX) {
            violation.detail = format!("the name of a note: {}", violation.detail);
            violations.push(violation);
        } else if !value.is_empty() {
            let field = format!("{field}.{name}");
            violations.extend(text_flaw(&field, value, NOTE_VALUE_LENGTH_MAX));
        }
    }
    violations
}

/// Returns true if a reader sees nothing of the character: white space, the ignorable characters of
/// Unicode (UAX 44, `Default_Ignorable_Code_Point`) and the blank braille pattern.
pub fn is_invisible(character: char) -> bool {
    character.is_whitespace()
        || character == BRAILLE_BLANK
        || CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(character)
}

/// Returns true for characters that embed or override a direction of text (UAX 9, 2.1 to 2.5). The marks
/// U+061C, U+200E and U+200F are none of them: Arabic and Hebrew texts need them.
pub const fn is_direction_override(character: char) -> bool {
    matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn forbidden_character(field: &str, text: &str) -> Option<Violation> {
    let (character, what) = text.chars().find_map(|character| {
        let what = match character {
            '\u{2028}' | '\u{2029}' | '\n' | '\r' | '\u{85}' => "a line break",
            _ if character.is_control() => "a control character",
            _ if is_direction_override(character) => "it changes the direction of the text",
            _ => return None,
        };
        Some((character, what))
    })?;
    let detail =
        format!("the text has the character U+{:04X} ({what}); remove it", u32::from(character));
    Some(Violation::new(field, Flaw::ForbiddenCharacter, detail))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flaw(text: &str) -> Option<Flaw> {
        text_flaw("name", text, 40).map(|violation| violation.code)
    }

    #[test]
    fn a_text_that_shows_nothing_is_refused() {
        let invisible = [
            " ",
            "\u{a0}\u{3000}",
            "\u{200b}",
            "\u{2800}",
            "\u{feff}",
            "\u{ad}",
            "\u{2060}",
            "\u{3164}",
            "\u{180e}",
            "\u{115f}",
            "\u{e0020}",
            "\u{200d}",
            "\u{34f}",
            "\u{ffa0}",
            "\u{fe0f}",
            "\u{200e}",
            " \u{200b} ",
        ];
        for text in invisible {
            assert_eq!(flaw(text), Some(Flaw::Blank), "{text:?}");
        }
        assert_eq!(
            (flaw(""), flaw(&"a".repeat(41))),
            (Some(Flaw::WrongLength), Some(Flaw::WrongLength))
        );
    }

    #[test]
    fn characters_that_turn_or_break_a_text_are_refused() {
        let turning = ('\u{202a}'..='\u{202e}').chain('\u{2066}'..='\u{2069}');
        let breaking = ('\0'..='\u{1f}').chain('\u{7f}'..='\u{9f}').chain('\u{2028}'..='\u{2029}');
        for character in turning.chain(breaking) {
            let text = format!("Ana{character}Lima");
            assert_eq!(flaw(&text), Some(Flaw::ForbiddenCharacter), "{text:?}");
        }
        let detail = text_flaw("name", "Ana\u{202e}amiL", 40).map(|violation| violation.detail);
        let expected =
            "the text has the character U+202E (it changes the direction of the text); remove it";
        assert_eq!(detail.as_deref(), Some(expected));
    }

    #[test]
    fn texts_of_every_script_pass() {
        let family = "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}";
        let texts = [
            "Zoë 😀 D'Ávila",
            family,
            "محمد",
            "\u{200f}שלום\u{200e}",
            "Jose\u{301}",
            "می\u{200c}خواهم",
            "山田",
            "a",
            "-",
            "nº 7 — <b>",
        ];
        for text in texts {
            assert_eq!(flaw(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_reference_has_no_space_around_it() {
        for (reference, expected) in [
            ("order 7", None),
            (" order", Some(Flaw::ForbiddenCharacter)),
            ("order\u{a0}", Some(Flaw::ForbiddenCharacter)),
            ("", Some(Flaw::WrongLength)),
        ] {
            let flaw = reference_flaw("reference", Some(reference)).map(|violation| violation.code);
            assert_eq!(flaw, expected, "{reference:?}");
        }
    }

    #[test]
    fn each_wrong_note_is_named() {
        let notes = [("a", ""), ("b", "x\ny"), ("c", "\u{200b}"), ("\u{202e}", "x"), ("d", "fine")];
        let notes = notes.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let flaws: Vec<_> = metadata_flaws("metadata", &notes)
            .into_iter()
            .map(|violation| (violation.field, violation.code))
            .collect();
        let expected = [
            ("metadata.b", Flaw::ForbiddenCharacter),
            ("metadata.c", Flaw::Blank),
            ("metadata", Flaw::ForbiddenCharacter),
        ];
        assert_eq!(flaws, expected.map(|(field, flaw)| (field.to_owned(), flaw)));
    }
}
