//! The open holds, balance blocks and credits that the audit compares with the books.
use crate::ledger::{Books, Mismatch};

/// The open holds, balance blocks and credits of an account, as an index lists them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OpenSums {
    /// Sum of the open holds, in cents.
    pub held_cents: u128,
    /// Sum of what the open balance blocks claim, in cents.
    pub claimed_cents: u128,
    /// Sum of the open credits, in cents.
    pub unmatched_cents: u128,
}

impl OpenSums {
    /// Compares the held, the blocked and the unmatched balance with the sums. A claim is blocked, or it waits for
    /// money.
    pub fn compare(&self, books: &Books) -> Result<(), Mismatch> {
        if self.held_cents != u128::from(books.balances.held_cents) {
            return Err(Mismatch::Held);
        }
        let waiting: u128 = books.claims.iter().map(|claim| u128::from(claim.missing_cents)).sum();
        if self.claimed_cents != u128::from(books.balances.blocked_cents) + waiting {
            return Err(Mismatch::Blocked);
        }
        if self.unmatched_cents != u128::from(books.balances.unmatched_cents) {
            return Err(Mismatch::Unmatched);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use ulid::Ulid;

    use super::*;
    use crate::kernel::{AccountId, BlockId, Id};
    use crate::ledger::BlockClaim;

    #[test]
    fn what_open_blocks_claim_is_blocked_or_waits_for_money() {
        let mut books = Books::open(AccountId::from_ulid(Ulid::from_parts(1, 1)));
        books.balances.blocked_cents = 30;
        books.claims = vec![BlockClaim {
            block_id: BlockId::from_ulid(Ulid::from_parts(1, 5)),
            missing_cents: 12,
        }];
        let sums = |claimed_cents| OpenSums { claimed_cents, ..OpenSums::default() };
        assert_eq!(sums(42).compare(&books), Ok(()));
        assert_eq!(sums(30).compare(&books), Err(Mismatch::Blocked));
        assert_eq!(sums(43).compare(&books), Err(Mismatch::Blocked));
    }
}
