//! The bars of "2 of 5 interleaved" (ISO/IEC 16390), as whole modules: a wide element has three of them.

/// Width of a wide bar or space, in modules.
const WIDE: u16 = 3;
/// Bars and spaces before the digits.
const START: [bool; 4] = [false; 4];
/// Bars and spaces after the digits.
const STOP: [bool; 3] = [true, false, false];

/// The wide elements of each digit.
const PATTERNS: [[bool; 5]; 10] = [
    [false, false, true, true, false],
    [true, false, false, false, true],
    [false, true, false, false, true],
    [true, true, false, false, false],
    [false, false, true, false, true],
    [true, false, true, false, false],
    [false, true, true, false, false],
    [false, false, false, true, true],
    [true, false, false, true, false],
    [false, true, false, true, false],
];

/// A dark bar, in modules from the start of the code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bar {
    /// Left edge.
    pub from: u16,
    /// Width, 1 or 3.
    pub width: u16,
}

/// Returns the bars of these digits, without quiet zones. Returns `None` if the text is empty, has an odd number
/// of digits, or has another character.
///
/// The 44 digits of a boleto have 114 bars, and 405 modules in all.
pub fn itf(digits: &str) -> Option<Vec<Bar>> {
    let digits: Option<Vec<_>> = digits.bytes().map(pattern).collect();
    let digits = digits.filter(|digits| !digits.is_empty() && digits.len() % 2 == 0)?;
    let pairs = digits.chunks_exact(2);
    // The bars are the first digit of a pair, and the spaces between them the second.
    let interleaved = pairs.flat_map(|pair| (0..5).flat_map(|at| [pair[0][at], pair[1][at]]));
    let elements = START.into_iter().chain(interleaved).chain(STOP);
    let mut bars = Vec::new();
    let mut from = 0;
    for (index, is_wide) in elements.enumerate() {
        let width = if is_wide { WIDE } else { 1 };
        if index % 2 == 0 {
            bars.push(Bar { from, width });
        }
        from += width;
    }
    Some(bars)
}

fn pattern(digit: u8) -> Option<[bool; 5]> {
    PATTERNS.get(usize::from(digit.checked_sub(b'0')?)).copied()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Returns the modules as text: `1` for dark.
    fn modules(digits: &str) -> String {
        let mut modules = String::new();
        for bar in itf(digits).expect("an even number of digits") {
            modules += &"0".repeat(usize::from(bar.from) - modules.len());
            modules += &"1".repeat(usize::from(bar.width));
        }
        modules
    }

    /// Reads the digits back from the widths, by the sums of the positions: 1, 2, 4, 7 and parity.
    fn read(modules: &str) -> String {
        let mut widths: Vec<usize> = Vec::new();
        let mut before = ' ';
        for module in modules.chars() {
            match widths.last_mut().filter(|_| module == before) {
                Some(width) => *width += 1,
                None => widths.push(1),
            }
            before = module;
        }
        let digit = |widths: [usize; 5]| {
            assert_eq!(widths.iter().filter(|width| **width == 3).count(), 2, "2 of 5");
            let weights = widths.iter().zip([1, 2, 4, 7, 0]);
            let sum: usize =
                weights.map(|(width, weight)| if *width == 3 { weight } else { 0 }).sum();
            char::from_digit(u32::try_from(sum % 11).expect("small"), 10).expect("a digit")
        };
        let inside = &widths[4..widths.len() - 3];
        let pairs = inside.chunks_exact(10).flat_map(|pair| {
            let element = |from: usize| [0, 2, 4, 6, 8].map(|at| pair[from + at]);
            [digit(element(0)), digit(element(1))]
        });
        pairs.collect()
    }

    #[test]
    fn the_bars_are_those_of_the_reference() {
        // The test of the writer of ZXing, which has five modules of white space at each end.
        let reference = "0000010101010111000111000101110100010101110001110111010001010001110100011\
                         100010101000101011100011101011101000111000101110100010101110001110100000";
        assert_eq!(format!("00000{}00000", modules("00123456789012")), reference);
    }

    #[test]
    fn the_44_digits_of_a_boleto_have_405_modules() {
        let bars = itf("00193373700000001000500940144816060680935031").expect("bars");
        let last = bars.last().expect("a bar");
        assert_eq!((bars.len(), last.from + last.width), (4 / 2 + 22 * 5 + 2, 405));
    }

    #[test]
    fn other_texts_have_no_bars() {
        for text in ["", "1", "123", "1a", "12 4", "١٢", "1/", "1:"] {
            assert_eq!(itf(text), None, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn the_digits_can_be_read_back(digits in "([0-9]{2}){1,30}") {
            prop_assert_eq!(read(&modules(&digits)), digits);
        }
    }
}
