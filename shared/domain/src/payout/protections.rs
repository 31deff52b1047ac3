//! What an account demands of its payouts, and when another demand is lower.
use super::destination_ref::default_cooling_hours;
use crate::ledger::PayoutLimits;
use crate::payout::{ApprovalRule, DESTINATION_COOLING_HOURS, approvals_needed};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What an account demands of its payouts before they go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PayoutProtections {
    /// Approvals by amount, in the order of the amounts; none below the first rule.
    pub approval_rules: Vec<ApprovalRule>,
    /// Amount in cents from which a moderator must review a payout; null for no review.
    pub review_from_cents: Option<u64>,
    /// Limits of payouts.
    pub limits: PayoutLimits,
    /// Hours for which the destination of a saved beneficiary is new; 0 for no such time.
    #[serde(default = "default_cooling_hours")]
    #[schemars(range(max = 720))]
    pub destination_cooling_hours: u16,
}

impl Default for PayoutProtections {
    fn default() -> Self {
        Self {
            approval_rules: Vec::new(),
            review_from_cents: None,
            limits: PayoutLimits::default(),
            destination_cooling_hours: DESTINATION_COOLING_HOURS,
        }
    }
}

impl PayoutProtections {
    /// Returns true if these protections demand less than others of some payout.
    pub fn lowers(&self, others: &Self) -> bool {
        // Both are constant between the amounts at which a rule begins.
        let rules = self.approval_rules.iter().chain(&others.approval_rules);
        let fewer_approvals = rules.map(|rule| rule.from_cents).any(|amount| {
            approvals_needed(&self.approval_rules, amount)
                < approvals_needed(&others.approval_rules, amount)
        });
        let PayoutLimits { per_payout_cents, per_day_cents, per_night_cents } = self.limits;
        fewer_approvals
            || self.destination_cooling_hours < others.destination_cooling_hours
            || is_higher(self.review_from_cents, others.review_from_cents)
            || is_higher(per_payout_cents, others.limits.per_payout_cents)
            || is_higher(per_day_cents, others.limits.per_day_cents)
            || is_higher(per_night_cents, others.limits.per_night_cents)
    }
}

/// Returns true if an amount is higher than another; an absent amount is the highest.
fn is_higher(amount: Option<u64>, than: Option<u64>) -> bool {
    than.is_some_and(|than| amount.is_none_or(|amount| amount > than))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(rules: &[(u64, u8)]) -> PayoutProtections {
        let rule = |(from_cents, approvals): &(u64, u8)| ApprovalRule {
            from_cents: *from_cents,
            approvals: *approvals,
        };
        PayoutProtections {
            approval_rules: rules.iter().map(rule).collect(),
            ..PayoutProtections::default()
        }
    }

    fn limited(change: impl Fn(&mut PayoutProtections)) -> PayoutProtections {
        let limits = PayoutLimits {
            per_payout_cents: Some(10),
            per_day_cents: Some(20),
            per_night_cents: Some(30),
        };
        let mut protections =
            PayoutProtections { review_from_cents: Some(5), limits, ..with(&[(10, 1)]) };
        change(&mut protections);
        protections
    }

    #[test]
    fn fewer_approvals_of_any_amount_lower_the_protection() {
        let rules = with(&[(100, 1), (1_000, 2)]);
        for lower in [&[][..], &[(101, 1), (1_000, 2)], &[(100, 1), (1_001, 2)], &[(0, 1)]] {
            assert!(with(lower).lowers(&rules), "{lower:?}");
        }
        for higher in [
            &[(100, 1), (1_000, 2)][..],
            &[(99, 1), (1_000, 2)],
            &[(0, 3)],
            &[(100, 1), (500, 1), (1_000, 2)],
        ] {
            assert!(!with(higher).lowers(&rules), "{higher:?}");
        }
        // More of small payouts does not make up for fewer of large ones.
        assert!(with(&[(0, 1)]).lowers(&with(&[(1_000, 2)])));
    }

    #[test]
    fn a_higher_or_absent_limit_lowers_the_protection_and_a_cent_less_does_not() {
        let base = limited(|_| {});
        let field = |set: fn(&mut PayoutProtections, Option<u64>), value: u64| {
            let higher = limited(|it| set(it, Some(value + 1)));
            assert!(higher.lowers(&base));
            assert!(limited(|it| set(it, None)).lowers(&base));
            assert!(!base.lowers(&limited(|it| set(it, None))));
            assert!(!limited(|it| set(it, Some(value - 1))).lowers(&base));
        };
        field(|it, cents| it.review_from_cents = cents, 5);
        field(|it, cents| it.limits.per_payout_cents = cents, 10);
        field(|it, cents| it.limits.per_day_cents = cents, 20);
        field(|it, cents| it.limits.per_night_cents = cents, 30);
        assert!(!base.lowers(&base));
        let hours = |hours| limited(|it| it.destination_cooling_hours = hours);
        assert!(hours(23).lowers(&hours(24)) && hours(0).lowers(&hours(1)));
        assert!(!hours(25).lowers(&hours(24)));
    }
}
