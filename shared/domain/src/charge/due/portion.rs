//! A part of an amount.
use super::rounding::half_even;
use crate::kernel::{Flaw, Violation};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Basis points of the whole: a basis point is a hundredth of a per cent.
pub(super) const WHOLE: u32 = 10_000;

/// A part of an amount: fixed, or a share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Portion {
    /// Fixed part, in cents.
    #[serde(rename = "amount_cents")]
    Fixed(u64),
    /// Share of the amount, in hundredths of a per cent.
    #[serde(rename = "basis_points")]
    Share(u32),
}

impl Portion {
    /// Returns the part in cents, at most the whole.
    pub(super) fn of(self, amount_cents: u64) -> u64 {
        let part_cents = match self {
            Self::Fixed(cents) => cents,
            Self::Share(basis_points) => {
                half_even(u128::from(amount_cents) * u128::from(basis_points), u128::from(WHOLE))
            }
        };
        part_cents.min(amount_cents)
    }

    /// Returns what is wrong with the portion of an amount.
    pub(super) fn flaw(self, field: &str, amount_cents: u64) -> Option<Violation> {
        let (name, number, max) = match self {
            Self::Fixed(cents) => ("amount_cents", cents, amount_cents),
            Self::Share(basis_points) => ("basis_points", basis_points.into(), WHOLE.into()),
        };
        let detail = format!("`{name}` must be 1 to {max}, because it is a part of the amount");
        let is_good = (1..=max).contains(&number);
        (!is_good).then(|| Violation::new(format!("{field}.{name}"), Flaw::OutOfRange, detail))
    }
}
