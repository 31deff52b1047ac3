//! How an endpoint has been answering: since when it fails, whether it is slow, and a breaker that
//! spares both sides while it is down.
use crate::kernel::{AccountId, EndpointId};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// An answer that takes this long makes an endpoint slow: its first attempts leave the live lane.
pub const SLOW_AFTER: SignedDuration = SignedDuration::from_secs(3);
/// An answer within this time makes it fast again.
const FAST_WITHIN: SignedDuration = SignedDuration::from_secs(1);
/// Failures for so long, without a success, switch an endpoint off.
const FAILING_MAX: SignedDuration = SignedDuration::from_hours(5 * 24);
/// Failures further apart than this are two troubles: longer than the longest wait of the schedule.
const TROUBLE_GAP: SignedDuration = SignedDuration::from_hours(36);
/// The last failure is written down at most this often.
const FAILURE_NOTE: SignedDuration = SignedDuration::from_hours(1);
/// How long the breaker is open at first; doubles with each failed probe.
const OPEN_SECONDS_MIN: u32 = 30;
/// The longest it is open at once: half an hour.
const OPEN_SECONDS_MAX: u32 = 30 * 60;
/// While a probe is on its way others wait: longer than an attempt can take.
const PROBE: SignedDuration = SignedDuration::from_secs(30);

/// The breaker, while it is not closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Breaker {
    /// Until then nothing is sent; after it, one probe.
    pub open_until: Timestamp,
    /// How long it was opened for.
    pub seconds: u32,
}

/// What the breaker says to an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BreakerState {
    /// Go.
    Closed,
    /// Go, as the one probe; claim it first.
    HalfOpen,
    /// Not before this.
    Open(Timestamp),
}

/// How an endpoint has been answering. A row of its own, written only when it changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndpointHealth {
    /// Whose.
    pub account_id: AccountId,
    /// The endpoint.
    pub endpoint_id: EndpointId,
    /// The first failure after the last success.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failing_since: Option<Timestamp>,
    /// The last failure, to the hour.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_failure_at: Option<Timestamp>,
    /// The breaker.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub breaker: Option<Breaker>,
    /// Whether it answers slowly.
    pub slow: bool,
    /// Counts the changes.
    pub version: u64,
}

impl EndpointHealth {
    /// Nothing is known against it.
    pub fn good(account_id: AccountId, endpoint_id: EndpointId) -> Self {
        Self {
            account_id,
            endpoint_id,
            failing_since: None,
            last_failure_at: None,
            breaker: None,
            slow: false,
            version: 0,
        }
    }

    /// Whether an attempt may be made.
    pub fn breaker_state(&self, now: Timestamp) -> BreakerState {
        match self.breaker {
            None => BreakerState::Closed,
            Some(breaker) if breaker.open_until > now => BreakerState::Open(breaker.open_until),
            Some(_) => BreakerState::HalfOpen,
        }
    }

    /// Claims the one probe: until it is back the breaker looks open to everybody else.
    #[must_use]
    pub fn probing(mut self, now: Timestamp) -> Self {
        if let Some(breaker) = &mut self.breaker {
            breaker.open_until = now + PROBE;
        }
        self
    }

    /// After an answer that counts as delivered.
    #[must_use]
    pub fn after_success(mut self, took: SignedDuration) -> Self {
        self.failing_since = None;
        self.last_failure_at = None;
        self.breaker = None;
        self.slow = self.is_slow_after(took);
        self
    }

    /// After a failed attempt. `trips`: the sandbox has seen enough failures to open the breaker.
    /// `probe`: it was the breaker's probe; only that one makes an open breaker stay open for longer,
    /// not those that were on their way when it opened.
    #[must_use]
    pub fn after_failure(
        mut self,
        now: Timestamp,
        took: SignedDuration,
        trips: bool,
        probe: bool,
    ) -> Self {
        let again = self.last_failure_at.is_some_and(|at| now.duration_since(at) < TROUBLE_GAP);
        if !again || self.failing_since.is_none() {
            self.failing_since = Some(now);
        }
        let noted =
            again && self.last_failure_at.is_some_and(|at| now.duration_since(at) < FAILURE_NOTE);
        if !noted {
            self.last_failure_at = Some(now);
        }
        self.slow = self.is_slow_after(took);
        let seconds = match self.breaker {
            Some(_) if !probe => return self,
            Some(breaker) => Some((breaker.seconds * 2).min(OPEN_SECONDS_MAX)),
            None if trips => Some(OPEN_SECONDS_MIN),
            None => None,
        };
        self.breaker = seconds.map(|seconds| Breaker {
            open_until: now + SignedDuration::from_secs(i64::from(seconds)),
            seconds,
        });
        self
    }

    /// While an attempt is still waiting for its answer.
    #[must_use]
    pub fn while_slow(mut self) -> Self {
        self.slow = true;
        self
    }

    /// Whether it has failed for so long that nothing more is sent.
    pub fn should_give_up(&self, now: Timestamp) -> bool {
        self.failing_since.is_some_and(|since| now.duration_since(since) >= FAILING_MAX)
    }

    fn is_slow_after(&self, took: SignedDuration) -> bool {
        took >= SLOW_AFTER || (self.slow && took > FAST_WITHIN)
    }
}

#[cfg(test)]
mod tests {
    use ulid::Ulid;

    use super::*;
    use crate::kernel::Id;

    fn good() -> EndpointHealth {
        EndpointHealth::good(
            AccountId::from_ulid(Ulid::from(1)),
            EndpointId::from_ulid(Ulid::from(2)),
        )
    }

    fn hour(hour: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hour)
    }

    const QUICK: SignedDuration = SignedDuration::from_millis(20);

    #[test]
    fn five_days_of_failures_are_hopeless_and_one_success_begins_anew() {
        let mut health = good();
        for at in (0..120).step_by(12) {
            health = health.after_failure(hour(at), QUICK, false, false);
            assert!(!health.should_give_up(hour(at)));
        }
        assert!(
            health.clone().after_failure(hour(120), QUICK, false, false).should_give_up(hour(120))
        );
        let health = health.after_success(QUICK).after_failure(hour(120), QUICK, false, false);
        assert!(!health.should_give_up(hour(120)));
    }

    #[test]
    fn two_failures_a_week_apart_are_not_a_week_of_failures() {
        let health = good().after_failure(hour(0), QUICK, false, false);
        let health = health.after_failure(hour(7 * 24), QUICK, false, false);
        assert!(!health.should_give_up(hour(7 * 24)));
    }

    #[test]
    fn a_failure_soon_after_another_changes_nothing_that_needs_writing() {
        let first = good().after_failure(hour(0), QUICK, false, false);
        let second = first.clone().after_failure(
            hour(0) + SignedDuration::from_mins(5),
            QUICK,
            false,
            false,
        );
        assert_eq!(first, second);
    }

    /// Fault row 50. 30 s, then doubling to half an hour; one probe when the time is over.
    #[test]
    fn the_breaker_doubles_to_half_an_hour_and_lets_one_probe_through() {
        let mut now = hour(0);
        let mut health = good().after_failure(now, QUICK, true, false);
        let mut opened = Vec::new();
        for _ in 0..8 {
            let BreakerState::Open(until) = health.breaker_state(now) else { panic!("{health:?}") };
            opened.push(until.duration_since(now).as_secs());
            now = until;
            assert_eq!(health.breaker_state(now), BreakerState::HalfOpen);
            let probing = health.clone().probing(now);
            assert!(matches!(probing.breaker_state(now), BreakerState::Open(_)));
            health = probing.after_failure(now, QUICK, false, true);
        }
        assert_eq!(opened, [30, 60, 120, 240, 480, 960, 1800, 1800]);
        assert_eq!(health.after_success(QUICK).breaker_state(now), BreakerState::Closed);
    }

    #[test]
    fn slow_is_left_only_by_a_fast_answer() {
        let seconds = SignedDuration::from_secs;
        assert!(!good().after_success(seconds(2)).slow);
        let slow = good().after_success(seconds(3));
        assert!(slow.slow && slow.clone().after_success(seconds(2)).slow);
        assert!(!slow.after_success(QUICK).slow);
    }
}
