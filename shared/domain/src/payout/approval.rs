//! The approvals that a payout needs, by its amount, and what an approver agrees to.
use crate::kernel::{AMOUNT_CENTS_MAX, Flaw, UserId, Violation};
use crate::network::{KeyOwner, OWNER_TTL};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The most approvals that a rule can demand.
pub const APPROVALS_MAX: u8 = 3;
/// The most rules of an account, so that a person can read them.
pub const APPROVAL_RULES_MAX: usize = 10;

/// How many other users must approve a payout, from an amount on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ApprovalRule {
    /// Smallest amount to which the rule applies, in cents.
    #[schemars(range(max = 99_999_999_999_u64))]
    pub from_cents: u64,
    /// Number of different users who must approve the payout, apart from the one who created it.
    #[schemars(range(max = 3))]
    pub approvals: u8,
}

/// Returns the number of approvals that a payout of this amount needs: those of the last rule that
/// applies, and none below the first rule.
pub fn approvals_needed(rules: &[ApprovalRule], amount_cents: u64) -> u8 {
    let applies = |rule: &&ApprovalRule| rule.from_cents <= amount_cents;
    rules.iter().rev().find(applies).map_or(0, |rule| rule.approvals)
}

/// Returns the violations of a list of rules: too many, out of order, or fewer approvals for more money.
pub fn approval_rule_flaws(rules: &[ApprovalRule]) -> Vec<Violation> {
    let mut flaws = Vec::new();
    if rules.len() > APPROVAL_RULES_MAX {
        let detail = format!("send at most {APPROVAL_RULES_MAX} rules");
        flaws.push(Violation::new("approval_rules", Flaw::WrongLength, detail));
    }
    let before = rules.iter().map(Some);
    for (index, (rule, before)) in rules.iter().zip(std::iter::once(None).chain(before)).enumerate()
    {
        let mut add = |field: &str, detail: String| {
            let field = format!("approval_rules[{index}].{field}");
            flaws.push(Violation::new(field, Flaw::OutOfRange, detail));
        };
        if rule.from_cents > AMOUNT_CENTS_MAX {
            add("from_cents", format!("the amount must be at most {AMOUNT_CENTS_MAX} cents"));
        }
        if rule.approvals > APPROVALS_MAX {
            add("approvals", format!("a rule demands 0 to {APPROVALS_MAX} approvals"));
        }
        let Some(before) = before else { continue };
        if rule.from_cents <= before.from_cents {
            add("from_cents", "each rule must begin at a higher amount than the one before".into());
        }
        if rule.approvals < before.approvals {
            add(
                "approvals",
                "a larger payout cannot need fewer approvals than a smaller one".into(),
            );
        }
    }
    flaws
}

/// The owner of the payout's Pix key, as the directory answered. Approvers agree to this owner, or the
/// caller who looked the key up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckedOwner {
    /// Owner of the key.
    pub owner: KeyOwner,
    /// Time of the answer.
    pub checked_at: Timestamp,
}

impl CheckedOwner {
    /// Returns the time from which a new payout cannot name the answer: the same as for the remembered one.
    pub fn ends_at(&self) -> Timestamp {
        self.checked_at + OWNER_TTL
    }
}

/// The approval of a payout by one user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PayoutApproval {
    /// User who approved.
    pub user_id: UserId,
    /// Amount that the user approved, in cents.
    pub amount_cents: u64,
    /// Time of the approval.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub approved_at: Timestamp,
}

/// The rejection of a payout by a user who could have approved it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PayoutRejection {
    /// User who rejected the payout.
    pub user_id: UserId,
    /// Reason in the words of that user.
    pub reason: String,
    /// Time of the rejection.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub rejected_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(rules: &[(u64, u8)]) -> Vec<ApprovalRule> {
        let rule = |(from_cents, approvals): &(u64, u8)| ApprovalRule {
            from_cents: *from_cents,
            approvals: *approvals,
        };
        rules.iter().map(rule).collect()
    }

    #[test]
    fn the_last_rule_that_applies_decides_at_its_very_cent() {
        let rules = rules(&[(100, 0), (1_000, 1), (5_000, 3)]);
        let needed = |amount| approvals_needed(&rules, amount);
        let amounts = [0, 99, 100, 999, 1_000, 4_999, 5_000, u64::MAX];
        assert_eq!(amounts.map(needed), [0, 0, 0, 0, 1, 1, 3, 3]);
        assert_eq!(approvals_needed(&[], 1), 0);
    }

    #[test]
    fn rules_ascend_in_amount_and_never_descend_in_approvals() {
        let fields = |list: &[(u64, u8)]| -> Vec<String> {
            approval_rule_flaws(&rules(list)).into_iter().map(|flaw| flaw.field).collect()
        };
        assert!(fields(&[]).is_empty());
        assert!(fields(&[(0, 1), (10, 1), (20, 3)]).is_empty());
        assert_eq!(fields(&[(0, 4)]), ["approval_rules[0].approvals"]);
        assert_eq!(fields(&[(100_000_000_000, 1)]), ["approval_rules[0].from_cents"]);
        assert_eq!(fields(&[(10, 1), (10, 2)]), ["approval_rules[1].from_cents"]);
        assert_eq!(fields(&[(10, 2), (20, 1)]), ["approval_rules[1].approvals"]);
        let many: Vec<_> = (0..11).map(|from| (from, 1)).collect();
        assert_eq!(fields(&many), ["approval_rules"]);
    }
}
