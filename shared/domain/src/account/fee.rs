//! Fees: a fixed part and a share of the amount.

use crate::kernel::MethodKind;
use serde::{Deserialize, Serialize};

/// One price: fixed cents plus basis points (hundredths of a per cent) of the amount. The default
/// is no fee.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeeSchedule {
    /// Fixed part in cents.
    pub fixed_cents: u64,
    /// Share of the amount in hundredths of a per cent; 100 is 1 %.
    pub basis_points: u64,
}

impl FeeSchedule {
    /// Returns the fee in cents. The share is rounded half up. A fee never exceeds the amount, so a
    /// credit never lowers the balance.
    pub fn fee_cents(&self, amount_cents: u64) -> u64 {
        let share = amount_cents.saturating_mul(self.basis_points).saturating_add(5_000) / 10_000;
        self.fixed_cents.saturating_add(share).min(amount_cents)
    }
}

/// The prices of an account.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fees {
    /// Price of a charge.
    pub pix: FeeSchedule,
    /// Price of a charge that is paid by boleto; that of a charge if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub boleto: Option<FeeSchedule>,
    /// Price of a charge that is paid by card; that of a charge if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card: Option<FeeSchedule>,
    /// Price of a month of the early payment of instalments; none if the account has no early payments.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub anticipation: Option<AnticipationFee>,
    /// Price of a payout.
    #[serde(default)]
    pub payout: FeeSchedule,
    /// Prices of disputes.
    #[serde(default, skip_serializing_if = "DisputeFees::is_free")]
    pub dispute: DisputeFees,
}

/// The price of the early payment of instalments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnticipationFee {
    /// Share of the amount for a month of 30 days, in hundredths of a per cent; 150 is 1.5 %.
    pub monthly_basis_points: u64,
}

/// The prices of disputes, by kind. The default is no fee.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DisputeFees {
    /// Price of a demand in MED, in cents.
    #[serde(default)]
    pub med_cents: u64,
    /// Price of a chargeback, in cents.
    #[serde(default)]
    pub chargeback_cents: u64,
}

impl DisputeFees {
    fn is_free(&self) -> bool {
        *self == Self::default()
    }

    /// Returns the price of a dispute of a charge that was paid by this method, in cents.
    pub const fn fee_cents(&self, method: MethodKind) -> u64 {
        match method {
            MethodKind::Card => self.chargeback_cents,
            MethodKind::Pix | MethodKind::Boleto => self.med_cents,
        }
    }
}

impl Fees {
    /// Returns the price of a charge that is paid by this method.
    pub const fn charge_fee(&self, method: MethodKind) -> &FeeSchedule {
        let price = match method {
            MethodKind::Pix => None,
            MethodKind::Boleto => self.boleto.as_ref(),
            MethodKind::Card => self.card.as_ref(),
        };
        match price {
            Some(price) => price,
            None => &self.pix,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(fixed_cents: u64, basis_points: u64, amount_cents: u64, expected: u64) {
        let schedule = FeeSchedule { fixed_cents, basis_points };
        assert_eq!(schedule.fee_cents(amount_cents), expected);
    }

    #[test]
    fn the_share_is_rounded_half_up_once() {
        check(0, 99, 10_000, 99);
        check(0, 50, 100, 1);
        check(0, 49, 100, 0);
        check(25, 99, 12_345, 147);
    }

    #[test]
    fn fee_and_net_add_up_to_the_amount_for_every_amount() {
        let schedule = FeeSchedule { fixed_cents: 30, basis_points: 119 };
        for amount_cents in 0..=100_000 {
            let fee_cents = schedule.fee_cents(amount_cents);
            assert!(fee_cents <= amount_cents, "{amount_cents}");
        }
    }

    #[test]
    fn a_fee_never_exceeds_the_amount() {
        check(99, 0, 1, 1);
        check(u64::MAX, u64::MAX, 99_999_999_999, 99_999_999_999);
    }
}
