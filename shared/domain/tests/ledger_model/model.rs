//! The model: plain sums for the balances, and the rules.

use domain::kernel::Code;

pub(crate) const BALANCES: usize = 10;
pub(crate) const CLEARING: usize = 0;
pub(crate) const RECEIVABLE: usize = 1;
pub(crate) const REVIEW: usize = 2;
pub(crate) const AVAILABLE: usize = 3;
pub(crate) const HELD: usize = 4;
pub(crate) const FEES: usize = 5;
pub(crate) const UNMATCHED: usize = 6;
pub(crate) const BLOCKED: usize = 7;
pub(crate) const OWED: usize = 8;
pub(crate) const ADVANCED: usize = 9;

/// Most blocks that wait for money.
pub(crate) const WAITING_MAX: usize = 20;

/// A balance block of the model.
#[derive(Clone, Copy)]
pub(crate) struct ModelBlock {
    /// What is blocked now.
    pub(crate) blocked: i128,
    /// What it still takes from later money.
    pub(crate) missing: i128,
    pub(crate) open: bool,
}

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

/// A credit of the model.
#[derive(Clone, Copy)]
pub(crate) struct ModelCredit {
    pub(crate) amount: i128,
    pub(crate) paid_at: i64,
    pub(crate) state: ModelCreditState,
}

/// Where the money of a credit is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum ModelCreditState {
    Waits,
    Returns,
    Ended,
}

/// One entry, as the changes of two balances.
pub(crate) type BalanceChange = [(usize, i128); 2];

#[derive(Default)]
pub(crate) struct Model {
    pub(crate) balances: [i128; BALANCES],
    pub(crate) entries: u64,
    pub(crate) last_at: i64,
    pub(crate) holds: Vec<ModelHold>,
    pub(crate) credits: Vec<ModelCredit>,
    /// All blocks, oldest first.
    pub(crate) blocks: Vec<ModelBlock>,
    pub(crate) alert: Option<i128>,
    pub(crate) low: bool,
    /// Number of times that the balance became low.
    pub(crate) crossings: usize,
}

impl Model {
    /// Returns the index of the hold that a number selects. An even number selects an open hold.
    pub(crate) fn pick(&self, number: usize) -> Option<usize> {
        let all = 0..self.holds.len();
        let open: Vec<_> = all.clone().filter(|index| self.holds[*index].open).collect();
        let from = if number.is_multiple_of(2) { open } else { all.collect() };
        (!from.is_empty()).then(|| from[number / 2 % from.len()])
    }

    /// Returns the index of the credit that a number selects. An even number selects one that waits.
    pub(crate) fn pick_credit(&self, number: usize) -> Option<usize> {
        let all = 0..self.credits.len();
        let waits = |index: &usize| self.credits[*index].state != ModelCreditState::Ended;
        let open: Vec<_> = all.clone().filter(waits).collect();
        let from = if number.is_multiple_of(2) { open } else { all.collect() };
        (!from.is_empty()).then(|| from[number / 2 % from.len()])
    }

    /// Returns the index of the block that a number selects. An even number selects an open block.
    pub(crate) fn pick_block(&self, number: usize) -> Option<usize> {
        let all = 0..self.blocks.len();
        let open: Vec<_> = all.clone().filter(|index| self.blocks[*index].open).collect();
        let from = if number.is_multiple_of(2) { open } else { all.collect() };
        (!from.is_empty()).then(|| from[number / 2 % from.len()])
    }

    pub(crate) fn waiting(&self) -> usize {
        self.blocks.iter().filter(|block| block.missing > 0).count()
    }

    /// Returns how an amount is taken: from this much of the blocked money, from the available balance,
    /// as a debt.
    pub(crate) fn forced(&self, amount: i128, blocked: i128) -> [BalanceChange; 3] {
        let from_block = amount.min(blocked);
        let from_available = (amount - from_block).min(self.balances[AVAILABLE]);
        let debt = amount - from_block - from_available;
        [
            [(BLOCKED, -from_block), (CLEARING, -from_block)],
            [(AVAILABLE, -from_available), (CLEARING, -from_available)],
            [(OWED, debt), (ADVANCED, debt)],
        ]
    }

    pub(crate) fn set_alert(&mut self, below: Option<i128>) {
        self.alert = below;
        self.look_at_balance();
    }

    fn look_at_balance(&mut self) {
        let low = self.alert.is_some_and(|below| self.balances[AVAILABLE] < below);
        self.crossings += usize::from(low && !self.low);
        self.low = low;
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

    /// Enters the movements, or returns the code of the refusal. Whatever made money available, a credit
    /// that was kept or matched too, what waits for it comes first.
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
        let mut entries = moved.len();
        // First the debt, then the blocks, oldest first: what is left is available.
        let paid = self.balances[OWED].min(self.balances[AVAILABLE]);
        self.balances[AVAILABLE] -= paid;
        self.balances[OWED] -= paid;
        entries += usize::from(paid > 0);
        for block in &mut self.blocks {
            let filled = block.missing.min(self.balances[AVAILABLE]);
            self.balances[AVAILABLE] -= filled;
            self.balances[BLOCKED] += filled;
            block.missing -= filled;
            block.blocked += filled;
            entries += usize::from(filled > 0);
        }
        if entries > 0 {
            self.entries += u64::try_from(entries).expect("a few");
            self.last_at = self.last_at.max(now);
            self.look_at_balance();
        }
        Ok(())
    }
}
