//! The fonts: which letters they have, how wide the letters are, and text broken into lines.
#![expect(clippy::float_arithmetic, reason = "widths of letters")]

use domain::kernel::is_invisible;
use krilla::text::{Font, GlyphId, KrillaGlyph};
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider};

use crate::text::REPLACEMENT;

const REGULAR: &[u8] = include_bytes!("../fonts/NotoSans-Regular.ttf");
const BOLD: &[u8] = include_bytes!("../fonts/NotoSans-Bold.ttf");

/// The end of a text that is cut.
const ELLIPSIS: &str = "…";

/// Both fonts.
pub struct Faces {
    /// The font of most texts.
    pub regular: Face,
    /// The font of what stands out.
    pub bold: Face,
}

/// A font with its measures.
pub struct Face {
    pub(crate) font: Font,
    reference: FontRef<'static>,
}

/// One line of text with its glyphs.
pub struct TextLine {
    /// The text, with the space at its end.
    pub text: String,
    pub(crate) glyphs: Vec<KrillaGlyph>,
    /// Width for a size of 1.
    pub width: f32,
}

impl Faces {
    /// Reads the fonts. Returns `None` if one is damaged.
    pub fn load() -> Option<Self> {
        Some(Self { regular: Face::read(REGULAR)?, bold: Face::read(BOLD)? })
    }
}

impl Face {
    fn read(bytes: &'static [u8]) -> Option<Self> {
        let font = Font::new(bytes.into(), 0)?;
        Some(Self { font, reference: FontRef::new(bytes).ok()? })
    }

    /// Returns true if the reader should see the letter and the font does not have it.
    pub fn lacks(&self, letter: char) -> bool {
        !is_invisible(letter) && self.reference.charmap().map(letter).is_none()
    }

    /// Returns the line of a text. A letter that the font lacks is drawn as [`REPLACEMENT`] and stays in the
    /// text that is selected and read aloud. An invisible character belongs to the letter before it.
    pub fn line(&self, text: &str) -> TextLine {
        let charmap = self.reference.charmap();
        let metrics = self.reference.glyph_metrics(Size::new(1.0), LocationRef::default());
        let mut glyphs: Vec<KrillaGlyph> = Vec::new();
        let mut width = 0.0;
        for (from, letter) in text.char_indices() {
            let range = from..from + letter.len_utf8();
            let is_hidden = is_invisible(letter) && !letter.is_whitespace();
            if let Some(before) = glyphs.last_mut().filter(|_| is_hidden) {
                before.text_range.end = range.end;
                continue;
            }
            let shown =
                if letter.is_whitespace() && charmap.map(letter).is_none() { ' ' } else { letter };
            let glyph = charmap.map(shown).or_else(|| charmap.map(REPLACEMENT)).unwrap_or_default();
            let advance = metrics.advance_width(glyph).unwrap_or_default();
            let id = GlyphId::new(glyph.to_u32());
            glyphs.push(KrillaGlyph::new(id, advance, 0.0, 0.0, 0.0, range, None));
            width += advance;
        }
        TextLine { text: text.to_owned(), glyphs, width }
    }

    /// Breaks a text into lines of at most this width for a size of 1: after a space, or within a word that
    /// is too long for one line. The space stays at the end of its line, so that copied text has it.
    pub fn lines(&self, text: &str, width_max: f32) -> Vec<TextLine> {
        let mut lines = Vec::new();
        let mut line = String::new();
        for word in text.split_inclusive(' ') {
            let longer = format!("{line}{word}");
            if line.is_empty() || self.line(longer.trim_end()).width <= width_max {
                line = longer;
            } else {
                lines.push(std::mem::replace(&mut line, word.to_owned()));
            }
            while self.line(line.trim_end()).width > width_max {
                let fits = self.fitting(&line, width_max);
                let rest = line.split_off(fits);
                lines.push(std::mem::replace(&mut line, rest));
            }
        }
        if !line.is_empty() {
            lines.push(line);
        }
        lines.iter().map(|line| self.line(line)).collect()
    }

    /// Breaks a text into at most so many lines. A text that needs more is cut, and ends with an ellipsis.
    pub fn cut_lines(&self, text: &str, width_max: f32, lines_max: usize) -> Vec<TextLine> {
        let mut lines = self.lines(text, width_max);
        if lines.len() > lines_max {
            let rest: String = lines.drain(lines_max..).map(|line| line.text).collect();
            if let Some(last) = lines.pop() {
                lines.push(self.line(&self.cut(&format!("{}{rest}", last.text), width_max)));
            }
        }
        lines
    }

    /// Returns the text with an ellipsis in place of what does not fit the width.
    pub fn cut(&self, text: &str, width_max: f32) -> String {
        if self.line(text.trim_end()).width <= width_max {
            return text.to_owned();
        }
        let left = width_max - self.line(ELLIPSIS).width;
        format!("{}{ELLIPSIS}", text[..self.fitting(text, left)].trim_end())
    }

    /// Returns how many bytes of a text fit the width, at least one letter.
    fn fitting(&self, text: &str, width_max: f32) -> usize {
        let mut width = 0.0;
        let mut fits = 0;
        for glyph in self.line(text).glyphs {
            width += glyph.x_advance;
            if fits > 0 && width > width_max {
                break;
            }
            fits = glyph.text_range.end;
        }
        fits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str, width_max: f32) -> Vec<String> {
        let faces = Faces::load().expect("our fonts");
        faces.regular.lines(text, width_max).into_iter().map(|line| line.text).collect()
    }

    #[test]
    fn lines_break_after_spaces_and_long_words_inside() {
        assert_eq!(texts("Maria da Silva", 5.0), ["Maria da ", "Silva"]);
        let long = texts("aaaaaaaaaaaaaaaaaaaa", 3.0);
        assert!(long.len() > 2 && long.concat() == "aaaaaaaaaaaaaaaaaaaa", "{long:?}");
        assert_eq!(texts("", 5.0), Vec::<String>::new());
        assert_eq!(texts("W", 0.1), ["W"]);
    }

    #[test]
    fn a_text_that_does_not_fit_is_cut_visibly() {
        let faces = Faces::load().expect("our fonts");
        let cut = |text: &str, lines_max| {
            let lines = faces.regular.cut_lines(text, 5.0, lines_max);
            assert!(lines.iter().all(|line| faces.regular.line(line.text.trim_end()).width <= 5.0));
            lines.into_iter().map(|line| line.text).collect::<Vec<_>>()
        };
        assert_eq!(cut("Maria da Silva", 2), ["Maria da ", "Silva"]);
        assert_eq!(cut("Maria da Silva", 1), ["Maria da…"]);
        assert_eq!(cut("Maria da Silva Souza", 2), ["Maria da ", "Silva Sou…"]);
        assert_eq!(cut(&"W".repeat(20), 1), ["WWWW…"]);
        assert_eq!(cut("", 1), Vec::<String>::new());
    }

    #[test]
    fn every_character_of_a_text_belongs_to_a_glyph() {
        let faces = Faces::load().expect("our fonts");
        let text = "Zoë \u{1f468}\u{200d}\u{1f469} שלום é\u{202f}a\u{3000}b";
        let line = faces.regular.line(text);
        let covered: String =
            line.glyphs.iter().map(|glyph| &text[glyph.text_range.clone()]).collect();
        assert_eq!(covered, text);
        assert!(line.glyphs.iter().all(|glyph| glyph.glyph_id.to_u32() != 0), "no empty box");
        assert!(faces.regular.lacks('\u{1f468}') && faces.regular.lacks('ש'));
        assert!(!faces.regular.lacks('ç') && !faces.regular.lacks('\u{200d}'));
    }
}
