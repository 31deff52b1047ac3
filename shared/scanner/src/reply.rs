//! Reads a reply of clamd.

use crate::{ScanError, ScanVerdict};

/// Longest name of a signature that is kept; names are part of log lines.
pub const SIGNATURE_LENGTH_MAX: usize = 100;

/// Reads `stream: OK`, `stream: <signature> FOUND` or an error, with the byte at its end. A reply without that byte
/// was cut, so it is no verdict.
pub(crate) fn read(reply: &[u8]) -> ScanVerdict {
    let end = reply.iter().position(|byte| matches!(byte, 0 | b'\n'));
    let text = printable(&reply[..end.unwrap_or(reply.len())]);
    if end.is_none() {
        return unavailable(&text);
    }
    match text.strip_prefix("stream: ") {
        Some("OK") => ScanVerdict::Clean,
        Some(rest) => match rest.strip_suffix(" FOUND").filter(|name| !name.is_empty()) {
            Some(signature) => ScanVerdict::Infected {
                signature: signature.chars().take(SIGNATURE_LENGTH_MAX).collect(),
            },
            None => unavailable(&text),
        },
        None => unavailable(&text),
    }
}

fn unavailable(text: &str) -> ScanVerdict {
    let text = text.chars().take(SIGNATURE_LENGTH_MAX).collect();
    ScanVerdict::Unavailable(ScanError::Reply(text))
}

/// Returns the text with `?` for every byte that is no printable ASCII character.
fn printable(bytes: &[u8]) -> String {
    let plain = |byte: &u8| if matches!(byte, b' '..=b'~') { char::from(*byte) } else { '?' };
    bytes.iter().map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(reply: &[u8], expected: &ScanVerdict) {
        assert_eq!(read(reply), *expected, "{}", String::from_utf8_lossy(reply));
    }

    #[test]
    fn only_the_word_ok_is_clean() {
        check(b"stream: OK\0", &ScanVerdict::Clean);
        check(b"stream: OK\n", &ScanVerdict::Clean);
        let infected = |name: &str| ScanVerdict::Infected { signature: name.to_owned() };
        check(b"stream: Win.Test.EICAR_HDB-1 FOUND\0", &infected("Win.Test.EICAR_HDB-1"));
        check(b"stream: OK FOUND\0", &infected("OK"));
        check(b"stream: a\x1b[0m FOUND\0", &infected("a?[0m"));
        for reply in [
            &b""[..],
            b"\0stream: OK",
            b"stream: OK",
            b"stream: OK.Signature",
            b"OK",
            b"stream: ok",
            b"stream: FOUND",
            b"stream: OK OK",
            b"INSTREAM size limit exceeded. ERROR\0",
            b"UNKNOWN COMMAND\0",
        ] {
            let verdict = read(reply);
            assert!(matches!(verdict, ScanVerdict::Unavailable(_)), "{verdict:?}");
        }
    }

    #[test]
    fn a_long_name_is_cut() {
        let reply = format!("stream: {} FOUND\0", "x".repeat(1_000));
        check(reply.as_bytes(), &ScanVerdict::Infected { signature: "x".repeat(100) });
    }
}
