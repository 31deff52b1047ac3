//! Amounts as Brazilians write them.

/// Returns an amount: `R$ 1.234,56`. The space does not break.
pub fn reais(cents: u64) -> String {
    let (whole, rest) = (cents / 100, cents % 100);
    let digits = whole.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index) % 3 == 0 {
            grouped.push('.');
        }
        grouped.push(digit);
    }
    format!("R$\u{a0}{grouped},{rest:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_have_points_for_thousands_and_a_comma() {
        for (cents, expected) in [
            (0, "R$\u{a0}0,00"),
            (7, "R$\u{a0}0,07"),
            (100_000, "R$\u{a0}1.000,00"),
            (99_999_999_999, "R$\u{a0}999.999.999,99"),
        ] {
            assert_eq!(reais(cents), expected);
        }
    }
}
