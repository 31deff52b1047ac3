//! Disturbances of the queues for tests: duplicates and disorder, as SQS allows, but the same in
//! every run.

/// How messages are disturbed.
#[derive(Debug, Clone, Copy, Default)]
pub struct Disturbance {
    /// Per cent of received messages that leave a copy, which is delivered too, even if the message
    /// is deleted. A copy leaves no copy.
    pub duplicate_percent: u8,
    /// Whether any visible message can be the next.
    pub reorder: bool,
    /// Seed: the same seed gives the same disturbance.
    pub seed: u64,
}

/// SplitMix64, which is short and good enough to choose messages.
#[derive(Debug, Default)]
pub(super) struct Random {
    disturbance: Disturbance,
    state: u64,
}

impl Random {
    pub(super) fn new(disturbance: Disturbance) -> Self {
        Self { disturbance, state: disturbance.seed }
    }

    pub(super) fn reorders(&self) -> bool {
        self.disturbance.reorder
    }

    pub(super) fn duplicates(&mut self) -> bool {
        let percent = u64::from(self.disturbance.duplicate_percent);
        percent > 0 && self.next() % 100 < percent
    }

    /// Returns a number from `least` to `most`.
    pub(super) fn between(&mut self, least: u64, most: u64) -> u64 {
        least + self.next() % (most - least + 1)
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}
