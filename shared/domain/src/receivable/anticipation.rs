//! Anticipation: the acquirer pays open instalments of a sale early, for a fee (docs/adr/0055).
//!
//! The fee is a monthly rate for the days between the early and the agreed day of payment, in São Paulo. A month
//! has 30 days, as the agreements of Brazilian acquirers count.
use brazil::local;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Days of a month, for the fee.
const MONTH_DAYS: u128 = 30;
/// Basis points of the whole.
const WHOLE: u128 = 10_000;

/// The early payment of an instalment, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Anticipation {
    /// Time at which the acquirer would have paid without it.
    pub agreed_settles_at: Timestamp,
    /// Amount that the acquirer pays early, in cents.
    pub amount_cents: u64,
    /// Fee of the early payment, in cents.
    pub fee_cents: u64,
    /// Fee that was taken when the instalment was credited, in cents; less if refunds left less.
    #[serde(default)]
    pub taken_fee_cents: u64,
}

impl Anticipation {
    /// Returns the fee of what refunds left of the amount, in cents, rounded half up. It is never more than was
    /// agreed.
    pub fn fee_of(&self, open_cents: u64) -> u64 {
        let open_cents = open_cents.min(self.amount_cents);
        share(self.fee_cents, open_cents.into(), self.amount_cents.into())
    }
}

/// The fees of an instalment, in cents. Together they are at most what is left of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InstallmentFees {
    /// Fee of the charge.
    pub charge_cents: u64,
    /// Fee of the early payment.
    pub early_cents: u64,
}

/// The terms of an account for early payments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnticipationTerms {
    /// Price of a month in hundredths of a per cent.
    pub monthly_basis_points: u64,
    /// Time at which the acquirer pays early, if it agrees now.
    pub settles_at: Timestamp,
}

/// One instalment in an offer of an early payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnticipationPart {
    /// Number of the instalment.
    pub number: u8,
    /// Amount that is open, in cents.
    pub amount_cents: u64,
    /// Fee of the early payment, in cents.
    pub fee_cents: u64,
}

/// What an early payment of instalments would cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnticipationOffer {
    /// Time at which the acquirer would pay.
    pub settles_at: Timestamp,
    /// Instalments, first to last; at least one.
    pub parts: Vec<AnticipationPart>,
}

impl AnticipationOffer {
    /// Returns the sum of the amounts, in cents.
    pub fn amount_cents(&self) -> u64 {
        self.parts.iter().map(|part| part.amount_cents).sum()
    }

    /// Returns the sum of the fees, in cents.
    pub fn fee_cents(&self) -> u64 {
        self.parts.iter().map(|part| part.fee_cents).sum()
    }
}

impl AnticipationPart {
    /// Returns the fee for an early payment on another day than the offered one: the part of the fee for the days
    /// that are left, in cents. It is never more than was offered.
    pub(crate) fn fee_until(&self, agreed: Timestamp, offered: Timestamp, early: Timestamp) -> u64 {
        let (offered, days) = (days_between(offered, agreed), days_between(early, agreed));
        share(self.fee_cents, days.min(offered), offered)
    }
}

impl AnticipationTerms {
    /// Returns the fee of the early payment of an amount, in cents.
    pub(crate) fn fee_cents(&self, amount_cents: u64, agreed_settles_at: Timestamp) -> u64 {
        let days = days_between(self.settles_at, agreed_settles_at);
        share(amount_cents, u128::from(self.monthly_basis_points) * days, MONTH_DAYS * WHOLE)
    }
}

/// Returns the days from one time to a later one, in São Paulo; 0 if it is not later.
fn days_between(early: Timestamp, agreed: Timestamp) -> u128 {
    let (agreed, early) = (local(agreed).date(), local(early).date());
    u128::try_from((agreed - early).get_days()).unwrap_or_default()
}

/// Returns `cents × numerator ÷ denominator`, rounded half up; 0 without a denominator.
fn share(cents: u64, numerator: u128, denominator: u128) -> u64 {
    let product = u128::from(cents) * numerator;
    let rounded = (product + denominator / 2).checked_div(denominator);
    u64::try_from(rounded.unwrap_or_default()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(amount_cents: u64, basis_points: u64, days: u128, fee_cents: u64) {
        let rate = u128::from(basis_points) * days;
        assert_eq!(share(amount_cents, rate, MONTH_DAYS * WHOLE), fee_cents);
    }

    #[test]
    fn the_fee_is_the_monthly_rate_for_the_days_of_the_early_payment() {
        // R$ 1,000.00 at 1.5 % a month: R$ 15.00 for 30 days, R$ 0.50 for one.
        check(100_000, 150, 30, 1_500);
        check(100_000, 150, 1, 50);
        check(100_000, 150, 0, 0);
        // 0.5 cents are rounded up, and less is not.
        check(100, 150, 1, 0);
        check(1_000, 150, 1, 1);
        check(999, 150, 1, 0);
        check(99_999_999_999, 10_000, 365, 1_216_666_666_655);
    }

    #[test]
    fn refunds_lower_the_fee_in_proportion() {
        let early = Anticipation {
            agreed_settles_at: Timestamp::UNIX_EPOCH,
            amount_cents: 1_000,
            fee_cents: 33,
            taken_fee_cents: 0,
        };
        assert_eq!([0, 500, 1_000, 2_000].map(|open| early.fee_of(open)), [0, 17, 33, 33]);
    }
}
