//! Interest on a late payment.
use super::portion::WHOLE;
use super::rounding::half_even;
use crate::kernel::{Flaw, Violation};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Simple interest for each day of delay, weekends and holidays included.
///
/// These are modes 1 to 4 of interest in the Central Bank's API Pix (`cobv`). A month has 30 days and a
/// year 365.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Interest {
    /// Fixed amount for each day, in cents.
    #[serde(rename = "amount_cents_per_day")]
    FixedPerDay(u64),
    /// Share for each day, in hundredths of a per cent.
    #[serde(rename = "basis_points_per_day")]
    SharePerDay(u32),
    /// Share for 30 days, in hundredths of a per cent.
    #[serde(rename = "basis_points_per_month")]
    SharePerMonth(u32),
    /// Share for 365 days, in hundredths of a per cent.
    #[serde(rename = "basis_points_per_year")]
    SharePerYear(u32),
}

impl Interest {
    /// Returns the interest of a delay, in cents: amount × rate × days ÷ days of the period, rounded once.
    pub(super) fn of(self, amount_cents: u64, days: u32) -> u64 {
        let (basis_points, period_days) = match self {
            Self::FixedPerDay(cents) => return cents.saturating_mul(days.into()),
            Self::SharePerDay(basis_points) => (basis_points, 1),
            Self::SharePerMonth(basis_points) => (basis_points, 30),
            Self::SharePerYear(basis_points) => (basis_points, 365),
        };
        let numerator = u128::from(amount_cents) * u128::from(basis_points) * u128::from(days);
        half_even(numerator, u128::from(WHOLE) * period_days)
    }

    /// Returns what is wrong with the interest on an amount.
    pub(super) fn flaw(self, field: &str, amount_cents: u64) -> Option<Violation> {
        let (name, number, max) = match self {
            Self::FixedPerDay(cents) => ("amount_cents_per_day", cents, amount_cents),
            Self::SharePerDay(share) => ("basis_points_per_day", share.into(), WHOLE.into()),
            Self::SharePerMonth(share) => ("basis_points_per_month", share.into(), WHOLE.into()),
            Self::SharePerYear(share) => ("basis_points_per_year", share.into(), WHOLE.into()),
        };
        let is_good = (1..=max).contains(&number);
        let detail = format!("`{name}` must be 1 to {max}");
        (!is_good).then(|| Violation::new(format!("{field}.{name}"), Flaw::OutOfRange, detail))
    }
}
