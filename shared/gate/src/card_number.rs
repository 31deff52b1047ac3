//! Finds card numbers, so that no request with one reaches a log or a row (PCI DSS 4.0.1, 3.2.1).
//!
//! A number is a card number if it begins and ends like one of a brand, has its length, and passes the
//! check of Luhn (ISO/IEC 7812-1). A random number of 16 digits passes in about 3 of 100 cases, so
//! callers must not use such numbers as references.

/// First digits of the numbers of brands, from and to, and the length of these numbers.
///
/// The ranges are wider than those that are issued, because brands add ranges. Numbers of 13 digits are
/// not here: Visa issues none any more, and the article numbers of shops (EAN-13) have 13. Source of the
/// brands: `https://en.wikipedia.org/wiki/Payment_card_number`; Elo and Hipercard are among those that
/// begin with 4, 5 and 6.
const RANGES: [(&str, &str, usize); 13] = [
    ("300", "305", 14),
    ("309", "309", 14),
    ("36", "36", 14),
    ("38", "39", 14),
    ("34", "34", 15),
    ("37", "37", 15),
    ("2221", "2720", 16),
    ("3528", "3589", 16),
    ("3841", "3841", 16),
    ("4", "4", 16),
    ("50", "59", 16),
    ("6", "6", 16),
    ("4", "6", 19),
];
/// Digits of the groups in which cards print their numbers.
const PRINTED: [&[usize]; 4] = [&[4, 4, 4, 4], &[4, 6, 5], &[4, 6, 4], &[4, 4, 4, 4, 3]];

/// Returns true if the text holds a card number: in one piece, or in the groups of a printed card with a
/// space, a dot or a hyphen between them.
///
/// A piece inside of letters or digits, as in a hash or an id, is not a card number. Invisible characters
/// are skipped, and full-width digits count as digits.
pub fn holds_card_number(text: &str) -> bool {
    let mut scan = Scan::default();
    let found = text.chars().any(|char| scan.next(plain(char)));
    found || scan.next(Some(' '))
}

/// Returns the character as a card would have it. Returns `None` for an invisible one.
fn plain(char: char) -> Option<char> {
    match char {
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' => None,
        '\u{ff10}'..='\u{ff19}' => char::from_u32(u32::from(char) - 0xff10 + u32::from('0')),
        '\u{a0}' | '\u{2007}' | '\u{202f}' => Some(' '),
        '\u{2010}'..='\u{2015}' => Some('-'),
        other => Some(other),
    }
}

/// The groups of digits before the current character.
#[derive(Default)]
struct Scan {
    /// Complete groups, each separated from the next by one character.
    groups: Vec<Vec<u8>>,
    /// Group that has not ended.
    group: Vec<u8>,
    /// True after a letter, until the next separator: a number that follows is part of a word.
    is_word: bool,
    /// True if the last character was a separator.
    is_apart: bool,
}

impl Scan {
    /// Takes the next character, and returns true if a card number ended before it.
    fn next(&mut self, char: Option<char>) -> bool {
        let Some(char) = char else { return false };
        if let Some(digit) = char.to_digit(10).and_then(|digit| u8::try_from(digit).ok()) {
            self.is_apart = false;
            self.group.push(digit);
            return false;
        }
        if char.is_alphanumeric() || char == '_' {
            self.clear();
            self.is_word = true;
            return false;
        }
        let found = self.end_group();
        if !matches!(char, ' ' | '.' | '-') || self.is_apart {
            self.clear();
        }
        self.is_apart = true;
        self.is_word = false;
        found
    }

    /// Ends the group of digits, and returns true if it completes a card number.
    fn end_group(&mut self) -> bool {
        let group = std::mem::take(&mut self.group);
        if group.is_empty() || self.is_word {
            self.groups.clear();
            return false;
        }
        let is_whole = is_card_number(&group);
        self.groups.push(group);
        let from = self.groups.len().saturating_sub(5);
        self.groups.drain(..from);
        is_whole || self.ends_printed()
    }

    fn ends_printed(&self) -> bool {
        PRINTED.iter().any(|lengths| {
            let Some(from) = self.groups.len().checked_sub(lengths.len()) else { return false };
            let groups = &self.groups[from..];
            let has_form =
                groups.iter().zip(*lengths).all(|(group, length)| group.len() == *length);
            has_form && is_card_number(&groups.concat())
        })
    }

    fn clear(&mut self) {
        self.groups.clear();
        self.group.clear();
    }
}

fn is_card_number(digits: &[u8]) -> bool {
    let text: String = digits.iter().map(|digit| char::from(b'0' + digit)).collect();
    let is_of_brand = RANGES.iter().any(|(from, to, length)| {
        let first = text.get(..from.len());
        text.len() == *length && first.is_some_and(|first| (*from..=*to).contains(&first))
    });
    // A tenth of the CNPJs would pass otherwise.
    is_of_brand && passes_luhn(digits) && brazil::Cnpj::parse(&text).is_err()
}

/// Returns true if the last digit checks the others (ISO/IEC 7812-1, annex B).
fn passes_luhn(digits: &[u8]) -> bool {
    let doubled = digits.iter().rev().zip([1, 2].into_iter().cycle());
    let sum: u32 = doubled
        .map(|(digit, factor)| u32::from(*digit) * factor)
        .map(|product| product / 10 + product % 10)
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Test numbers of acquirers: gist claudiosanches/26d9668f21dbdc787472, Mercado Pago.
    const CARDS: [&str; 12] = [
        "4111111111111111",
        "5555555555554444",
        "378282246310005",
        "30569309025904",
        "6011111111111117",
        "6062825624254001",
        "5031433215406351",
        "375365153556885",
        "5480832801033311",
        "4075595716483764",
        "6362970000457013",
        "2223000048400011",
    ];

    #[test]
    fn card_numbers_are_found_however_they_are_written() {
        for card in CARDS {
            for text in [
                card.to_owned(),
                format!("paid with {card}."),
                format!("{{\"number\":{card},\"expiry\":\"12/2028\"}}"),
                format!("[{card}]"),
                format!("{card} 12 2028 123"),
                format!("{card}.0"),
                format!("1, 2-{card}"),
                card.chars().map(|char| format!("{char}\u{200b}")).collect(),
            ] {
                assert!(holds_card_number(&text), "{text}");
            }
        }
        for text in [
            "4111 1111 1111 1111",
            "4111-1111-1111-1111",
            "card: 4111.1111.1111.1111, thanks",
            "3782 822463 10005",
            "3056 930902 5904",
            "4111\u{a0}1111\u{a0}1111\u{a0}1111",
            "4111\u{2013}1111\u{2013}1111\u{2013}1111",
            "\u{ff14}111111111111111",
            "order 12 4111 1111 1111 1111",
        ] {
            assert!(holds_card_number(text), "{text}");
        }
    }

    #[test]
    fn other_numbers_of_payments_are_no_card_numbers() {
        for text in [
            "",
            "4111111111111112",
            "6362910298352160",
            "4916926874299560",
            "5300118285595520",
            // Ids: of a payment, of a charge, a random Pix key, a hash, an idempotency key.
            "E9999999920261123120501234567890",
            "chg_01M844DZG0DVSN1XP8E0CF6QS8",
            "123e4567-e89b-12d1-a456-426655440000",
            "x4111111111111111",
            "a4111111111111111b",
            "order_4111111111111111",
            // A CPF, a CNPJ that passes Luhn, a telephone, a barcode, a line, an article number.
            "529.982.247-25",
            "+5511987654321",
            "23799755200003700003381260007827139500006330",
            "23793.38128 60007.827136 95000.063305 9 75520000370000",
            "84610000000-5 24610029110-2 00546033900-4 69589506108-0",
            "4006381333931",
            "2026-11-23T12:00:00.000Z",
            "99999999999",
            "4111 1111  1111 1111",
            "4111,1111,1111,1111",
        ] {
            assert!(!holds_card_number(text), "{text}");
        }
    }

    #[test]
    fn a_cnpj_is_never_a_card_number() {
        let mut both = 0;
        for number in 0..200_000_u64 {
            let base = format!("36{:06}0001", number % 1_000_000);
            for digits in 0..100 {
                let text = format!("{base}{digits:02}");
                if brazil::Cnpj::parse(&text).is_ok() {
                    let values: Vec<u8> = text.bytes().map(|byte| byte - b'0').collect();
                    both += u32::from(passes_luhn(&values));
                    assert!(!holds_card_number(&text), "{text}");
                }
            }
            if both > 20 {
                return;
            }
        }
        panic!("no such CNPJ passes Luhn, so the test shows nothing");
    }

    proptest! {
        #[test]
        fn no_text_makes_the_scan_panic(text in ".{0,80}|[0-9 .-]{0,80}") {
            let _ = holds_card_number(&text);
        }
    }
}
