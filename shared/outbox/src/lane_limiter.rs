//! Chooses the lane of first attempts by what was observed of the endpoint. A fast endpoint stays in the
//! live lane, a slow or failing one leaves it. The first attempts of an endpoint of which nothing is known
//! yet are limited, so that a burst for it does not fill the lane of the others.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use domain::kernel::EndpointId;
use domain::webhook::{BreakerState, EndpointHealth};
use jiff::Timestamp;
use queue::Lane;

/// Messages that an unknown endpoint may have at once.
const BURST: u64 = 50;
/// Milliseconds until an unknown endpoint may have one more message: 10 a second.
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
    /// Returns the lane of one more first attempt. `health` is `None` if the endpoint has had no attempt.
    pub fn lane(
        &self,
        endpoint_id: EndpointId,
        health: Option<&EndpointHealth>,
        now: Timestamp,
    ) -> Lane {
        match health {
            Some(health) if health.slow || health.breaker_state(now) != BreakerState::Closed => {
                Lane::Retry
            }
            Some(health) if health.fast => Lane::Live,
            Some(_) | None => self.lane_of_unknown(endpoint_id, now),
        }
    }

    fn lane_of_unknown(&self, endpoint_id: EndpointId, now: Timestamp) -> Lane {
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
    use domain::kernel::{AccountId, Id};
    use jiff::SignedDuration;

    use super::*;

    fn endpoint(digit: &str) -> EndpointId {
        EndpointId::parse(&format!("whe_{}", digit.repeat(26))).expect("an id")
    }

    #[test]
    fn a_burst_passes_then_ten_a_second_and_other_endpoints_are_not_touched() {
        let lane_limiter = LaneLimiter::default();
        let (one, other) = (endpoint("1"), endpoint("2"));
        let live = |endpoint, now, times: u32| {
            (0..times).filter(|_| lane_limiter.lane(endpoint, None, now) == Lane::Live).count()
        };
        let begin = Timestamp::UNIX_EPOCH;
        assert_eq!(live(one, begin, 10_000), 50);
        assert_eq!(live(other, begin, 20), 20);
        let later = begin + SignedDuration::from_secs(2);
        assert_eq!(live(one, later, 10_000), 20);
        let rested = later + SignedDuration::from_secs(60);
        assert_eq!(live(one, rested, 10_000), 50);
    }

    #[test]
    fn a_fast_endpoint_has_no_limit_and_a_slow_or_failing_one_leaves_the_lane() {
        let lane_limiter = LaneLimiter::default();
        let (id, now) = (endpoint("1"), Timestamp::UNIX_EPOCH);
        let quick = SignedDuration::from_millis(100);
        let account = AccountId::parse(&format!("acc_{}", "1".repeat(26))).expect("an id");
        let fast = EndpointHealth::good(account, id).after_success(quick);
        let live = |health: &EndpointHealth, times: u32| {
            let is_live = |_: &u32| lane_limiter.lane(id, Some(health), now) == Lane::Live;
            (0..times).filter(is_live).count()
        };
        assert_eq!(live(&fast, 10_000), 10_000);
        assert_eq!(live(&fast.clone().while_slow(), 10), 0);
        assert_eq!(live(&fast.clone().after_failure(now, quick, true, false), 10), 0);
        let failed = fast.after_failure(now, quick, false, false);
        assert_eq!(live(&failed, 10_000), 50, "one failure takes away the trust");
    }
}
