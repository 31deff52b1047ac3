//! The brand of a card by the first six digits of its number.
//!
//! No brand publishes its ranges, so the table is a hint, and the acquirer decides. Its sources are the
//! gists erikhenrique/5931368 and gusribeiro/263a165db774f5d78251, and the test cards of acquirers.
//! Elo and Hipercard come first, because they have ranges inside those of Visa, Mastercard, Diners and
//! Discover.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The date of the table of ranges.
pub const BRANDS_AS_OF: &str = "2026-11-29";

/// The brand of a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CardBrand {
    /// Elo.
    Elo,
    /// Hipercard.
    Hipercard,
    /// Mastercard.
    Mastercard,
    /// Visa.
    Visa,
    /// American Express.
    Amex,
    /// Diners Club.
    Diners,
    /// Discover.
    Discover,
    /// JCB.
    Jcb,
}

/// Digits that name a brand.
const BIN_DIGITS: usize = 6;

/// First six digits from and to, and their brand; the first match wins.
const RANGES: [(u32, u32, CardBrand); 37] = {
    use CardBrand::{Amex, Diners, Discover, Elo, Hipercard, Jcb, Mastercard, Visa};
    [
        (401_178, 401_179, Elo),
        (431_274, 431_274, Elo),
        (438_935, 438_935, Elo),
        (451_416, 451_416, Elo),
        (457_393, 457_393, Elo),
        (457_631, 457_632, Elo),
        (504_175, 504_175, Elo),
        (506_699, 506_778, Elo),
        (509_000, 509_999, Elo),
        (627_780, 627_780, Elo),
        (636_200, 636_399, Elo),
        (650_000, 650_999, Elo),
        (651_652, 651_679, Elo),
        (655_000, 655_058, Elo),
        (384_100, 384_100, Hipercard),
        (384_140, 384_140, Hipercard),
        (384_160, 384_160, Hipercard),
        (606_282, 606_282, Hipercard),
        (637_095, 637_095, Hipercard),
        (637_568, 637_568, Hipercard),
        (637_599, 637_599, Hipercard),
        (637_609, 637_609, Hipercard),
        (637_612, 637_612, Hipercard),
        (222_100, 272_099, Mastercard),
        (503_143, 503_143, Mastercard),
        (510_000, 559_999, Mastercard),
        (340_000, 349_999, Amex),
        (370_000, 379_999, Amex),
        (300_000, 305_999, Diners),
        (309_500, 309_599, Diners),
        (360_000, 369_999, Diners),
        (380_000, 399_999, Diners),
        (601_100, 601_199, Discover),
        (644_000, 649_999, Discover),
        (650_000, 659_999, Discover),
        (352_800, 358_999, Jcb),
        (400_000, 499_999, Visa),
    ]
};

impl CardBrand {
    /// Returns the brand of a number by its first six digits; the rest may be missing. Returns `None` if
    /// no range has it.
    pub fn of(number: &str) -> Option<Self> {
        let bin = number.get(..BIN_DIGITS)?;
        let is_number = bin.bytes().all(|byte| byte.is_ascii_digit());
        let bin: u32 = bin.parse().ok().filter(|_| is_number)?;
        let range = RANGES.iter().find(|(from, to, _)| (*from..=*to).contains(&bin))?;
        Some(range.2)
    }

    /// Returns the word of the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Elo => "elo",
            Self::Hipercard => "hipercard",
            Self::Mastercard => "mastercard",
            Self::Visa => "visa",
            Self::Amex => "amex",
            Self::Diners => "diners",
            Self::Discover => "discover",
            Self::Jcb => "jcb",
        }
    }
}
