//! The model: plain sums for the balances, and the rules.

use domain::kernel::Code;

pub(crate) const BALANCES: usize = 6;
pub(crate) const CLEARING: usize = 0;
pub(crate) const RECEIVABLE: usize = 1;
pub(crate) const REVIEW: usize = 2;
pub(crate) const AVAILABLE: usize = 3;
pub(crate) const HELD: usize = 4;
pub(crate) const FEES: usize = 5;

/// A hold of the model.
#[derive(Clone, Copy)]
pub(crate) struct ModelHold {
    pub(crate) amount: i128,
    pub(crate) open: bool,
    pub(crate) ends: Option<i64>,
}

impl ModelHold {
    pub(crate) fn has_expired(&self, now: i64) -> bool {
        self.ends.is_some_and(|ends| ends <= now)
    }

    pub(crate) fn can_be_used(&self, now: i64) -> bool {
        self.open && !self.has_expired(now)
    }
}

/// One entry, as the changes of two balances.
pub(crate) type BalanceChange = [(usize, i128); 2];

pub(crate) struct Model {
    pub(crate) balances: [i128; BALANCES],
    pub(crate) entries: u64,
    pub(crate) last_at: i64,
    pub(crate) holds: Vec<ModelHold>,
}

impl Model {
    /// Returns the index of the hold that a number selects. An even number selects an open hold.
    pub(crate) fn pick(&self, number: usize) -> Option<usize> {
        let all = 0..self.holds.len();
        let open: Vec<_> = all.clone().filter(|index| self.holds[*index].open).collect();
        let from = if number.is_multiple_of(2) { open } else { all.collect() };
        (!from.is_empty()).then(|| from[number / 2 % from.len()])
    }

    /// Returns the balances after the movements. Returns `None` if they do not fit.
    pub(crate) fn after(&self, moved: &[BalanceChange]) -> Option<[i128; BALANCES]> {
        let mut balances = self.balances;
        for entry in moved {
            for (balance, by) in entry {
                balances[*balance] += by;
                if !(0..=i128::from(u64::MAX)).contains(&balances[*balance]) {
                    return None;
                }
            }
        }
        Some(balances)
    }

    /// Enters the movements, or returns the code of the refusal.
    pub(crate) fn enter(
        &mut self,
        moved: &[BalanceChange],
        frozen: bool,
        now: i64,
    ) -> Result<(), Code> {
        if frozen {
            return Err(Code::AccountFrozen);
        }
        let moved: Vec<_> = moved.iter().copied().filter(|[(_, by), _]| *by != 0).collect();
        self.balances = self.after(&moved).ok_or(Code::LedgerLimit)?;
        if !moved.is_empty() {
            self.entries += u64::try_from(moved.len()).expect("a few");
            self.last_at = self.last_at.max(now);
        }
        Ok(())
    }
}
