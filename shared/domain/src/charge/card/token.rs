//! The token of a card: the acquirer's name for the card that a payer typed into the acquirer's own form.
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;

/// Most characters of a token. The tokens of the acquirers in Brazil have at most 64.
pub const CARD_TOKEN_LENGTH_MAX: usize = 200;

/// A token of a card. It pays once, so it is in no log and in no answer.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardToken(String);

impl CardToken {
    /// Returns the token if it has 8 to [`CARD_TOKEN_LENGTH_MAX`] letters, digits, `-`, `_`, `.`, `=` or `:`.
    pub fn parse(text: &str) -> Option<Self> {
        let is_token = |it: char| it.is_ascii_alphanumeric() || "-_.=:".contains(it);
        let is_long_enough = (8..=CARD_TOKEN_LENGTH_MAX).contains(&text.len());
        (is_long_enough && text.chars().all(is_token)).then(|| Self(text.to_owned()))
    }

    /// Returns the SHA-256 of the token, 32 hexadecimal digits of it: a token that comes again is known by it.
    pub fn digest(&self) -> String {
        let digest = Sha256::digest(self.0.as_bytes());
        digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
    }

    /// Returns the text, for the acquirer alone.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for CardToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CardToken")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_short_plain_text_that_debug_does_not_show() {
        let token = CardToken::parse("tok_approved_01JD0000000000000000000000").expect("a token");
        assert_eq!(format!("{token:?}"), "CardToken");
        for wrong in ["", "short", "with space", "tok_\u{200b}12345678", &"x".repeat(201)] {
            assert_eq!(CardToken::parse(wrong), None, "{wrong:?}");
        }
    }
}
