//! Formats cents as decimal text, without floats.

/// Returns an amount with `-` if it is below 0.
pub(crate) fn signed(cents: i64, mark: char) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    format!("{sign}{}", unsigned(cents.unsigned_abs(), mark))
}

/// Returns an amount without a sign or thousands separator, with two digits after `mark`.
pub(crate) fn unsigned(cents: u64, mark: char) -> String {
    let (whole, part) = (cents / 100, cents % 100);
    format!("{whole}{mark}{part:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cents_are_never_rounded_and_the_sign_is_never_lost() {
        for (cents, expected) in [
            (0, "0,00"),
            (5, "0,05"),
            (-5, "-0,05"),
            (-100, "-1,00"),
            (123_456_789, "1234567,89"),
            (i64::MIN, "-92233720368547758,08"),
        ] {
            assert_eq!(signed(cents, ','), expected);
        }
        assert_eq!(unsigned(u64::MAX, '.'), "184467440737095516.15");
    }
}
