//! Rounding to whole cents.

/// Divides and rounds half to even: 0.5 becomes 0, 1.5 becomes 2.
///
/// Source: ABNT NBR 5891. The rate is never rounded first: that makes nine cents of difference on 30,000
/// reais (bacen/pix-api#607).
pub(super) fn half_even(numerator: u128, denominator: u128) -> u64 {
    let (whole, rest) = (numerator / denominator, numerator % denominator);
    let is_more = rest * 2 > denominator || rest * 2 == denominator && whole % 2 == 1;
    u64::try_from(whole + u128::from(is_more)).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_cent_goes_to_the_even_one() {
        for (numerator, expected) in [(0, 0), (4, 0), (5, 0), (6, 1), (15, 2), (25, 2), (26, 3)] {
            assert_eq!(half_even(numerator, 10), expected, "{numerator}/10");
        }
        assert_eq!(half_even(u128::MAX, 1), u64::MAX);
    }
}
