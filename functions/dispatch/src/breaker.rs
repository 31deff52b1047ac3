//! What one sandbox has seen of each endpoint lately: enough failures open the breaker, which is
//! then kept on the endpoint's row for all sandboxes.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use domain::kernel::EndpointId;
use jiff::{SignedDuration, Timestamp};

/// How far back it looks.
const WINDOW: SignedDuration = SignedDuration::from_mins(5);
/// So many attempts at least, of which [`FAILURES_PERCENT`] failed.
const ATTEMPTS_MIN: usize = 10;
const FAILURES_PERCENT: usize = 70;
/// Attempts remembered of an endpoint.
const ATTEMPTS_MAX: usize = 200;
/// Endpoints remembered; beyond it those without an attempt in the window are forgotten.
const ENDPOINTS_MAX: usize = 1_000;

/// The attempts of this sandbox.
#[derive(Debug, Default)]
pub(crate) struct Breakers(Mutex<HashMap<EndpointId, VecDeque<(Timestamp, bool)>>>);

impl Breakers {
    /// Notes how an attempt ended; whether the breaker opens now. Ten failures in a row are ten
    /// attempts of which all failed, unless older ones in the window say otherwise; so they are
    /// looked at first.
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
