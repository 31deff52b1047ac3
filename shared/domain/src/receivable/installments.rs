//! How an amount is divided into instalments.

/// Returns the parts of an amount in equal instalments. The cents that are left over are in the first one, as
/// the acquirers in Brazil divide (developerhub.ppro.com, "Card installments"). Returns no part for no
/// instalment.
pub fn installments(amount_cents: u64, count: u8) -> Vec<u64> {
    let count = u64::from(count);
    let Some(each) = amount_cents.checked_div(count) else { return Vec::new() };
    let rest = amount_cents - each * count;
    (0..count).map(|index| if index == 0 { each + rest } else { each }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_odd_cents_are_in_the_first_instalment() {
        // Case 36: the sum of three was a cent short, and the sale was refused.
        assert_eq!(installments(55_930, 3), [18_644, 18_643, 18_643]);
        assert_eq!(installments(10_000, 3), [3_334, 3_333, 3_333]);
        assert_eq!(installments(1_000, 2), [500, 500]);
        assert_eq!(installments(1, 2), [1, 0]);
        assert_eq!(installments(100, 0), Vec::<u64>::new());
    }

    #[test]
    fn the_sum_is_the_amount() {
        for amount_cents in (0..5_000).chain([99_999_999_999]) {
            for count in 1..=12 {
                let parts = installments(amount_cents, count);
                assert_eq!(parts.len(), usize::from(count));
                assert_eq!(parts.iter().sum::<u64>(), amount_cents, "{amount_cents} in {count}");
            }
        }
    }
}
