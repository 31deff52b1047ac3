//! Random bytes that are the same in each run, for tests that count the bytes of rows.

use std::sync::atomic::{AtomicU64, Ordering};

use domain::kernel::Entropy;

/// The bytes of SplitMix64 (<https://prng.di.unimi.it/splitmix64.c>), from the beginning.
#[derive(Debug, Default)]
pub struct RepeatedEntropy(AtomicU64);

impl Entropy for RepeatedEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
        for part in bytes.chunks_mut(8) {
            let mut next = self.0.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP);
            next = (next ^ (next >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            next = (next ^ (next >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            let next = (next ^ (next >> 31)).to_le_bytes();
            part.copy_from_slice(&next[..part.len()]);
        }
    }
}
