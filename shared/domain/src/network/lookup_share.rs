//! The division of an account's look-ups between its payouts and its users.
//!
//! A payout needs a look-up before its order goes, and one before users approve it, so half of the budget
//! is for payouts alone, and half of that for those that are released. The rest is for validations, and
//! each user has a share of it. A user who spends as fast as tokens come delays no payout, and leaves the
//! other users half of the refill. Payouts that only wait for approval delay no payout that is released.
use crate::kernel::UserId;
use crate::network::LookupBudgetRow;
use brazil::{LookupBudgetError, LookupCost};
use jiff::{SignedDuration, Timestamp};

/// The tokens that only payouts may use.
const PAYOUT_RESERVE: u64 = 500;
/// The tokens that only payouts may use which are released to the network.
const RELEASED_RESERVE: u64 = 250;
/// The tokens of a user's full share.
const SHARE_TOKENS: i32 = 400;
/// The time in which a user's share gains a token: ten a minute, half of the account's refill.
const SHARE_TOKEN_INTERVAL: SignedDuration = SignedDuration::from_secs(6);

/// The purpose of a look-up, which decides the tokens that it may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LookupPurpose {
    /// The order of a payout needs the owner of its key.
    Payout,
    /// Users are to approve a payout to the owner of its key.
    Approval,
    /// A user validates a key.
    Validation(UserId),
}

/// Why a look-up has to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LookupDenied {
    /// The account's budget for this purpose is too low.
    #[error(transparent)]
    BudgetSpent(#[from] LookupBudgetError),
    /// The user has used their share.
    #[error("the user's share of the key look-ups is too low; try again at {retry_at}")]
    ShareSpent {
        /// Time at which the share suffices.
        retry_at: Timestamp,
    },
}

impl LookupDenied {
    /// Returns the time of the next attempt.
    pub fn retry_at(&self) -> Timestamp {
        match self {
            Self::BudgetSpent(refused) => refused.retry_at,
            Self::ShareSpent { retry_at } => *retry_at,
        }
    }
}

impl LookupBudgetRow {
    /// Returns the tokens left that users may spend on validations; the others are for payouts.
    pub fn validation_tokens(&self, now: Timestamp) -> u64 {
        self.budget.tokens(now).saturating_sub(PAYOUT_RESERVE)
    }

    /// Reserves the highest cost of a look-up from the tokens that its purpose may use. Takes none if
    /// they are too few.
    pub fn reserve(&mut self, purpose: LookupPurpose, now: Timestamp) -> Result<(), LookupDenied> {
        self.shares.retain(|_, full_at| *full_at > now);
        let user_id = match purpose {
            LookupPurpose::Payout => return Ok(self.budget.reserve(now)?),
            LookupPurpose::Approval => {
                return Ok(self.budget.reserve_above(RELEASED_RESERVE, now)?);
            }
            LookupPurpose::Validation(user_id) => user_id,
        };
        let full_at = self.shares.get(&user_id).copied().unwrap_or(now);
        let spent = full_at + time_of(LookupCost::NotFound.tokens());
        let retry_at = spent - SHARE_TOKEN_INTERVAL * SHARE_TOKENS;
        if retry_at > now {
            return Err(LookupDenied::ShareSpent { retry_at });
        }
        self.budget.reserve_above(PAYOUT_RESERVE, now)?;
        self.shares.insert(user_id, spent);
        Ok(())
    }

    /// Returns the tokens that a reservation took beyond the cost of the look-up.
    pub fn return_tokens(&mut self, purpose: LookupPurpose, cost: LookupCost, now: Timestamp) {
        self.budget.return_tokens(cost, now);
        let LookupPurpose::Validation(user_id) = purpose else { return };
        if let Some(full_at) = self.shares.get_mut(&user_id) {
            *full_at -= time_of(LookupCost::NotFound.tokens() - cost.tokens());
        }
    }
}

/// Returns the time in which a share gains so many tokens.
fn time_of(tokens: u64) -> SignedDuration {
    SHARE_TOKEN_INTERVAL * i32::try_from(tokens).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::{AccountId, Id};
    use crate::network::KeyBucket;

    fn user(number: u128) -> LookupPurpose {
        LookupPurpose::Validation(UserId::from_ulid(number.into()))
    }

    fn second(second: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_secs(second)
    }

    fn full() -> LookupBudgetRow {
        let account_id = AccountId::from_ulid(1_u128.into());
        LookupBudgetRow::untouched(account_id, KeyBucket::Contacts, second(0))
    }

    /// Returns how many look-ups of unknown keys succeed in a row.
    fn misses(lookups: &mut LookupBudgetRow, purpose: LookupPurpose, now: Timestamp) -> usize {
        (0..).take_while(|_| lookups.reserve(purpose, now).is_ok()).count()
    }

    #[test]
    fn validations_stop_at_the_reserve_and_payouts_use_all_of_it() {
        let mut lookups = full();
        let validated: usize = (1..=5).map(|one| misses(&mut lookups, user(one), second(0))).sum();
        assert_eq!(validated, 25, "half of 1000 tokens, 20 each");
        assert_eq!(misses(&mut lookups, LookupPurpose::Payout, second(0)), 25);
        // A refill is for payouts first, until their reserve is full again.
        assert!(lookups.reserve(user(6), second(60)).is_err());
        assert!(lookups.reserve(LookupPurpose::Payout, second(60)).is_ok());
        let denied = lookups.reserve(user(6), second(60)).expect_err("the reserve is not full");
        assert_eq!(denied.retry_at(), second(60 + 26 * 60));
    }

    #[test]
    fn payouts_that_wait_for_approval_leave_a_quarter_to_those_that_are_released() {
        let mut lookups = full();
        let validated: usize = (1..=5).map(|one| misses(&mut lookups, user(one), second(0))).sum();
        assert_eq!(validated, 25);
        let approval = misses(&mut lookups, LookupPurpose::Approval, second(0));
        assert_eq!(approval, 12, "250 tokens, 20 each");
        assert_eq!(misses(&mut lookups, LookupPurpose::Payout, second(0)), 13, "260 are left");
    }

    #[test]
    fn one_user_gets_a_share_that_returns_with_half_of_the_refill() {
        let mut lookups = full();
        assert_eq!(misses(&mut lookups, user(1), second(0)), 20, "400 tokens");
        let denied = lookups.reserve(user(1), second(0)).expect_err("the share is spent");
        assert_eq!(denied, LookupDenied::ShareSpent { retry_at: second(120) });
        assert_eq!(misses(&mut lookups, user(2), second(0)), 5, "the rest of the half");
        let hour: usize = (1..=60).map(|m| misses(&mut lookups, user(1), second(60 * m))).sum();
        assert_eq!(hour, 30, "600 tokens in an hour");
    }

    #[test]
    fn tokens_that_a_look_up_did_not_cost_return_to_the_share() {
        let mut lookups = full();
        for _ in 0..400 {
            lookups.reserve(user(1), second(0)).expect("a found key costs one token");
            lookups.return_tokens(user(1), LookupCost::Found, second(0));
            if lookups.budget.tokens(second(0)) == 619 {
                break;
            }
        }
        assert_eq!(lookups.budget.tokens(second(0)), 619);
        let denied = lookups.reserve(user(1), second(0)).expect_err("19 of 400 tokens are left");
        assert_eq!(denied, LookupDenied::ShareSpent { retry_at: second(6) });
        lookups.reserve(user(1), second(6)).expect("20 tokens again");
        lookups.return_tokens(user(1), LookupCost::NotFound, second(6));
        lookups.reserve(LookupPurpose::Payout, second(3_600)).expect("enough");
        assert!(lookups.shares.is_empty(), "a full share is not stored");
    }
}
