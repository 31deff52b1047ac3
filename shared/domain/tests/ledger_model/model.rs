//! The model: what stands where as plain sums, and the few rules there are.

use domain::kernel::Code;

pub(crate) const PLACES: usize = 6;
pub(crate) const CLEARING: usize = 0;
pub(crate) const RECEIVABLE: usize = 1;
pub(crate) const REVIEW: usize = 2;
pub(crate) const AVAILABLE: usize = 3;
pub(crate) const HELD: usize = 4;
pub(crate) const FEES: usize = 5;

/// A hold as the model knows it.
#[derive(Clone, Copy)]
pub(crate) struct Promise {
    pub(crate) amount: i128,
    pub(crate) open: bool,
    pub(crate) ends: Option<i64>,
}

impl Promise {
    pub(crate) fn is_over(&self, now: i64) -> bool {
        self.ends.is_some_and(|ends| ends <= now)
    }

    pub(crate) fn can_be_used(&self, now: i64) -> bool {
        self.open && !self.is_over(now)
    }
}

/// One entry, as what it does to two places.
pub(crate) type Moved = [(usize, i128); 2];

pub(crate) struct Model {
    pub(crate) stands: [i128; PLACES],
    pub(crate) entries: u64,
    pub(crate) last_at: i64,
    pub(crate) promises: Vec<Promise>,
}

impl Model {
    /// The hold that a number means: every other number means one that is open.
    pub(crate) fn pick(&self, number: usize) -> Option<usize> {
        let all = 0..self.promises.len();
        let open: Vec<_> = all.clone().filter(|place| self.promises[*place].open).collect();
        let from = if number.is_multiple_of(2) { open } else { all.collect() };
        (!from.is_empty()).then(|| from[number / 2 % from.len()])
    }

    /// What the movements come to, or that they do not fit.
    pub(crate) fn after(&self, moved: &[Moved]) -> Option<[i128; PLACES]> {
        let mut stands = self.stands;
        for entry in moved {
            for (place, by) in entry {
                stands[*place] += by;
                if !(0..=i128::from(u64::MAX)).contains(&stands[*place]) {
                    return None;
                }
            }
        }
        Some(stands)
    }

    /// Enters the movements, or says why not.
    pub(crate) fn enter(&mut self, moved: &[Moved], frozen: bool, now: i64) -> Result<(), Code> {
        if frozen {
            return Err(Code::AccountFrozen);
        }
        let moved: Vec<_> = moved.iter().copied().filter(|[(_, by), _]| *by != 0).collect();
        self.stands = self.after(&moved).ok_or(Code::LedgerLimit)?;
        if !moved.is_empty() {
            self.entries += u64::try_from(moved.len()).expect("a few");
            self.last_at = self.last_at.max(now);
        }
        Ok(())
    }
}
