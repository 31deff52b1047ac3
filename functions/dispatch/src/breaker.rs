//! The recent attempts per endpoint in one sandbox. Enough failures open the breaker, which is
//! then stored on the row of the endpoint's health for all sandboxes.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use domain::kernel::EndpointId;
use jiff::{SignedDuration, Timestamp};

/// Age up to which attempts count.
const WINDOW: SignedDuration = SignedDuration::from_mins(5);
/// Minimum number of attempts before [`FAILURES_PERCENT`] of them open the breaker.
const ATTEMPTS_MIN: usize = 10;
const FAILURES_PERCENT: usize = 70;
/// Attempts in memory per endpoint.
const ATTEMPTS_MAX: usize = 200;
/// Endpoints in memory. Above this number, endpoints without an attempt in the window are dropped.
const ENDPOINTS_MAX: usize = 1_000;

/// The attempts of this sandbox.
#[derive(Debug, Default)]
pub(crate) struct Breakers(Mutex<HashMap<EndpointId, VecDeque<(Timestamp, bool)>>>);

impl Breakers {
    /// Records the result of an attempt; returns true if the breaker opens now. It checks failures
    /// in a row first. Ten in a row would also be ten of ten, unless older attempts in the window
    /// succeeded.
    pub(crate) fn record(&self, endpoint_id: EndpointId, delivered: bool, now: Timestamp) -> bool {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let recent = |at: Timestamp| now.duration_since(at) < WINDOW;
        if all.len() >= ENDPOINTS_MAX {
            all.retain(|_, seen| seen.back().is_some_and(|(at, _)| recent(*at)));
        }
        let seen = all.entry(endpoint_id).or_default();
        seen.push_back((now, delivered));
        while seen.len() > ATTEMPTS_MAX || seen.front().is_some_and(|(at, _)| !recent(*at)) {
            seen.pop_front();
        }
        if delivered {
            return false;
        }
        let in_a_row = seen.iter().rev().take_while(|(_, delivered)| !delivered).count();
        let failed = seen.iter().filter(|(_, delivered)| !delivered).count();
        let many = seen.len() >= ATTEMPTS_MIN && failed * 100 >= seen.len() * FAILURES_PERCENT;
        let trips = in_a_row >= ATTEMPTS_MIN || many;
        if trips {
            seen.clear();
        }
        trips
    }
}

#[cfg(test)]
mod tests {
    use domain::kernel::Id;

    use super::*;

    fn endpoint() -> EndpointId {
        EndpointId::parse(&format!("whe_{}", "1".repeat(26))).expect("an id")
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("in range")
    }

    #[test]
    fn ten_failures_in_a_row_trip_it_and_nine_do_not() {
        let breakers = Breakers::default();
        for second in 0..100 {
            assert!(!breakers.record(endpoint(), true, at(second)));
        }
        let tripped: Vec<_> =
            (100..110).map(|second| breakers.record(endpoint(), false, at(second))).collect();
        assert_eq!(tripped, [vec![false; 9], vec![true]].concat());
    }

    #[test]
    fn seven_of_ten_trip_it_within_five_minutes_only() {
        let pattern = [false, false, true, false, false, true, false, false, true, false];
        let run = |seconds_apart: i64| {
            let breakers = Breakers::default();
            let mut now = 0;
            pattern.iter().any(|delivered| {
                now += seconds_apart;
                breakers.record(endpoint(), *delivered, at(now))
            })
        };
        assert!(run(1));
        assert!(!run(40));
    }
}
