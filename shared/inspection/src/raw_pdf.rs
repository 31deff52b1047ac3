//! Reads the bytes of a PDF as they are, without its cross-references.
//!
//! A viewer can find objects that another reader does not: in an older revision, or after it repaired the file. So
//! refused pairs of names are looked for everywhere, also inside of streams. The same pass counts what bounds the memory of
//! a reader.

use domain::file::FileRejection;

use crate::names::refused_pair;

/// Longest name that is decoded; the refused ones are shorter.
const NAME_LENGTH_MAX: usize = 32;
/// Marker of the end of a document.
const END: &[u8] = b"%%EOF";

/// What the bytes of a document contain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct RawCounts {
    /// Tokens, counted up to the limit.
    pub(crate) tokens: usize,
    /// Names `First`. Each object stream has one; outlines have it too.
    pub(crate) firsts: usize,
}

/// Reads a document.
///
/// # Errors
/// The reason of a refused pair of names, `TooComplex` for too many tokens, `Malformed` if anything follows the end
/// of the document, because that could be a file of another type.
pub(crate) fn read(bytes: &[u8], tokens_max: usize) -> Result<RawCounts, FileRejection> {
    require_end(bytes)?;
    let mut counts = RawCounts::default();
    let mut previous = b' ';
    for (index, byte) in bytes.iter().enumerate() {
        let begins_word = is_regular(*byte) && !is_regular(previous) && previous != b'/';
        if begins_word || matches!(byte, b'/' | b'[' | b'(' | b'<') {
            counts.tokens += 1;
            if counts.tokens > tokens_max {
                return Err(FileRejection::TooComplex);
            }
        }
        previous = *byte;
        if *byte != b'/' {
            continue;
        }
        let (key, rest) = name(&bytes[index + 1..]);
        counts.firsts += usize::from(key == b"First");
        if matches!(key.as_slice(), b"S" | b"Subtype" | b"Type")
            && let Some(value) = skip_space(rest).strip_prefix(b"/")
            && let Some(rejection) = refused_pair(&key, &name(value).0)
        {
            return Err(rejection);
        }
    }
    Ok(counts)
}

/// Requires the marker of the end, with nothing but white space after it.
fn require_end(bytes: &[u8]) -> Result<(), FileRejection> {
    let filled = bytes.iter().rposition(|byte| !is_space(*byte)).map_or(0, |last| last + 1);
    if bytes[..filled].ends_with(END) { Ok(()) } else { Err(FileRejection::Malformed) }
}

/// Returns the name that begins here, without escapes such as `#53`, and what follows it.
fn name(bytes: &[u8]) -> (Vec<u8>, &[u8]) {
    let mut name = Vec::new();
    let mut rest = bytes;
    while name.len() < NAME_LENGTH_MAX {
        match *rest {
            [b'#', high, low, ..] if digit(high).is_some() && digit(low).is_some() => {
                let value = digit(high).unwrap_or(0) * 16 + digit(low).unwrap_or(0);
                name.push(value);
                rest = &rest[3..];
            }
            [byte, ..] if is_regular(byte) => {
                name.push(byte);
                rest = &rest[1..];
            }
            _ => break,
        }
    }
    (name, rest)
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

/// Skips white space and comments, at most a kilobyte, so that no file makes this quadratic.
fn skip_space(bytes: &[u8]) -> &[u8] {
    let mut rest = &bytes[..bytes.len().min(1_024)];
    loop {
        match rest {
            [byte, after @ ..] if is_space(*byte) => rest = after,
            [b'%', ..] => {
                let end = rest.iter().position(|byte| matches!(byte, b'\r' | b'\n'));
                rest = end.map_or(&[], |end| &rest[end..]);
            }
            _ => return rest,
        }
    }
}

/// White space of PDF (ISO 32000-1, table 1).
const fn is_space(byte: u8) -> bool {
    matches!(byte, 0 | b'\t' | b'\n' | 0x0c | b'\r' | b' ')
}

const fn is_regular(byte: u8) -> bool {
    let delimiter =
        matches!(byte, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%');
    !is_space(byte) && !delimiter
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_pair_is_found_in_every_spelling() {
        for text in [
            "<< /S /JavaScript >>",
            "<</S/JavaScript/JS 1 0 R>>",
            "<< /S%a comment\r\n /Java#53cript >>",
            "<< /#53 /Launch >>",
            "stream /Type\n/EmbeddedFile endstream",
        ] {
            let file = format!("%PDF-1.7 {text} %%EOF\r\n");
            assert!(read(file.as_bytes(), 100).is_err(), "{text}");
        }
        for text in ["/S /Transparency", "(https://example.com/JavaScript)", "/S /GoTo", "/S", "/"]
        {
            let file = format!("%PDF-1.7 {text} %%EOF");
            assert!(read(file.as_bytes(), 100).is_ok(), "{text}");
        }
    }

    #[test]
    fn nothing_follows_the_end() {
        for (text, is_end) in [
            ("%PDF-1.7 %%EOF", true),
            ("%PDF-1.7 %%EOF\r\n\0\n", true),
            ("%PDF-1.7 %%EOF\nPK\x05\x06", false),
            ("%PDF-1.7", false),
        ] {
            assert_eq!(read(text.as_bytes(), 100).is_ok(), is_end, "{text}");
        }
    }

    #[test]
    fn tokens_are_counted_up_to_the_limit() {
        let text = b"%PDF-1 0 0 /A/First %%EOF";
        assert_eq!(read(text, 6), Ok(RawCounts { tokens: 6, firsts: 1 }));
        assert_eq!(read(text, 5), Err(FileRejection::TooComplex));
        assert_eq!(read(b"%PDF-1 [[]()<>] %%EOF", 5), Err(FileRejection::TooComplex));
    }
}
