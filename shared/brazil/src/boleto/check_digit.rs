//! The check digits of barcodes and lines.

/// Returns the check digit of modulo 10. The weights from the right are 2, 1, 2, 1; the digits of each
/// product are added.
pub(super) fn modulo_10(digits: &[u8]) -> u8 {
    let products = digits.iter().rev().zip([2, 1].into_iter().cycle());
    let sum: u32 = products
        .map(|(digit, weight)| u32::from(*digit) * weight)
        .map(|product| product / 10 + product % 10)
        .sum();
    small((10 - sum % 10) % 10)
}

/// Returns 11 minus the remainder of modulo 11, from 1 to 11. The weights from the right are 2 to 9,
/// repeated.
pub(super) fn modulo_11(digits: &[u8]) -> u8 {
    let products = digits.iter().rev().zip((2..=9).cycle());
    let sum: u32 = products.map(|(digit, weight)| u32::from(*digit) * weight).sum();
    small(11 - sum % 11)
}

/// Returns a number from 0 to 11 as it is.
fn small(number: u32) -> u8 {
    u8::try_from(number).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boleto::digits::digits;

    /// Source: kivanio/brcobranca, `spec/brcobranca/calculo_spec.rb`.
    #[test]
    fn check_digits_are_those_of_published_tests() {
        let of = |text: &str| digits(text).expect("digits");
        for (text, digit) in
            [("4014481606", 9), ("29004590", 5), ("3456788005", 8), ("00571234511012345678", 8)]
        {
            assert_eq!(modulo_10(&of(text)), digit, "{text}");
        }
        for (text, digit) in [
            ("3419166700000123451101234567880057123457000", 6),
            ("7459588800000580253611264424020000000003131", 10),
        ] {
            assert_eq!(modulo_11(&of(text)), digit, "{text}");
        }
    }
}
