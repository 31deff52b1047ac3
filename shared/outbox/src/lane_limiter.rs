//! Limits the first attempts of one endpoint in the live lane. The rest go to the retry lane. So a
//! burst for one endpoint, which can be slow, does not fill the lane of the others.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use domain::kernel::EndpointId;
use jiff::Timestamp;
use queue::Lane;

/// Messages that an endpoint may have at once.
const BURST: u64 = 50;
/// Milliseconds until an endpoint may have one more message: 10 a second.
const REFILL_INTERVAL_MS: u64 = 100;
/// Endpoints in memory. Above this number the limiter drops endpoints with a full bucket.
const ENDPOINTS_MAX: usize = 10_000;

/// A token bucket for each endpoint, in the memory of one function: approximate, and without a
/// storage call.
#[derive(Debug, Default)]
pub struct LaneLimiter(Mutex<HashMap<EndpointId, Bucket>>);

#[derive(Debug, Clone, Copy)]
struct Bucket {
    /// Milliseconds of the bucket that are used.
    used_ms: u64,
    at: Timestamp,
}

impl Bucket {
    fn used_at(self, now: Timestamp) -> u64 {
        let passed = now.duration_since(self.at).as_millis().max(0);
        self.used_ms.saturating_sub(u64::try_from(passed).unwrap_or(u64::MAX))
    }
}

impl LaneLimiter {
    /// Returns the lane of one more first attempt.
    pub fn lane(&self, endpoint_id: EndpointId, now: Timestamp) -> Lane {
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= ENDPOINTS_MAX {
            buckets.retain(|_, bucket| bucket.used_at(now) > 0);
        }
        let used = buckets.get(&endpoint_id).map_or(0, |bucket| bucket.used_at(now));
        if used + REFILL_INTERVAL_MS > BURST * REFILL_INTERVAL_MS {
            return Lane::Retry;
        }
        buckets.insert(endpoint_id, Bucket { used_ms: used + REFILL_INTERVAL_MS, at: now });
        Lane::Live
    }
}

#[cfg(test)]
mod tests {
    use domain::kernel::Id;
    use jiff::SignedDuration;

    use super::*;

    #[test]
    fn a_burst_passes_then_ten_a_second_and_other_endpoints_are_not_touched() {
        let lane_limiter = LaneLimiter::default();
        let [one, other] = ["1", "2"]
            .map(|digit| EndpointId::parse(&format!("whe_{}", digit.repeat(26))).expect("an id"));
        let live = |endpoint, now, times: u32| {
            (0..times).filter(|_| lane_limiter.lane(endpoint, now) == Lane::Live).count()
        };
        let begin = Timestamp::UNIX_EPOCH;
        assert_eq!(live(one, begin, 10_000), 50);
        assert_eq!(live(other, begin, 20), 20);
        let later = begin + SignedDuration::from_secs(2);
        assert_eq!(live(one, later, 10_000), 20);
        let rested = later + SignedDuration::from_secs(60);
        assert_eq!(live(one, rested, 10_000), 50);
    }
}
