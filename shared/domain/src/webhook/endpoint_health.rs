//! The health of an endpoint: since when it fails, whether it is fast or slow, and a circuit breaker that
//! stops most attempts while it is down.
use crate::kernel::{AccountId, EndpointId};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// A reply that takes this long makes an endpoint slow: its first attempts leave the live lane. It bounds
/// what an endpoint that stops answering holds: 200 attempts a second are 200 in flight after this time.
pub const SLOW_AFTER: SignedDuration = SignedDuration::from_secs(1);
/// A success within this time makes an endpoint fast.
const FAST_MAX: SignedDuration = SignedDuration::from_millis(500);
/// An endpoint that fails for this time without a success is disabled: 5 days.
const FAILING_MAX: SignedDuration = SignedDuration::from_hours(5 * 24);
/// Failures with a longer gap are two separate outages. Longer than the longest wait of the schedule.
const OUTAGE_GAP: SignedDuration = SignedDuration::from_hours(36);
/// The shortest interval between two writes of the last failure.
const FAILURE_WRITE_INTERVAL: SignedDuration = SignedDuration::from_hours(1);
/// How long the breaker opens at first; doubles with each failed probe.
const OPEN_SECONDS_MIN: u32 = 30;
/// The longest time that the breaker opens for: half an hour.
const OPEN_SECONDS_MAX: u32 = 30 * 60;
/// How long other attempts wait for a probe: longer than an attempt can take.
const PROBE: SignedDuration = SignedDuration::from_secs(30);

/// The state of a breaker that is not closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Breaker {
    /// Time until which no attempt is made; one probe follows.
    pub open_until: Timestamp,
    /// Time for which it was opened, in seconds.
    pub seconds: u32,
}

/// The state of the breaker for an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BreakerState {
    /// The attempt is made.
    Closed,
    /// The attempt is made as the only probe; the worker claims the probe first.
    HalfOpen,
    /// No attempt is made before this time.
    Open(Timestamp),
}

/// The health of an endpoint, in a row that is written only when it changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndpointHealth {
    /// Account of the endpoint.
    pub account_id: AccountId,
    /// Endpoint.
    pub endpoint_id: EndpointId,
    /// Time of the first failure after the last success.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failing_since: Option<Timestamp>,
    /// Time of the last failure, up to an hour old.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_failure_at: Option<Timestamp>,
    /// Breaker, if it is not closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub breaker: Option<Breaker>,
    /// Whether the endpoint replies slowly.
    pub slow: bool,
    /// Whether the endpoint succeeded fast, and has neither failed nor been slow since.
    #[serde(default)]
    pub fast: bool,
    /// Version of the row.
    pub version: u64,
}

impl EndpointHealth {
    /// Returns the health of an endpoint without failures.
    pub fn good(account_id: AccountId, endpoint_id: EndpointId) -> Self {
        Self {
            account_id,
            endpoint_id,
            failing_since: None,
            last_failure_at: None,
            breaker: None,
            slow: false,
            fast: false,
            version: 0,
        }
    }

    /// Returns the state of the breaker.
    pub fn breaker_state(&self, now: Timestamp) -> BreakerState {
        match self.breaker {
            None => BreakerState::Closed,
            Some(breaker) if breaker.open_until > now => BreakerState::Open(breaker.open_until),
            Some(_) => BreakerState::HalfOpen,
        }
    }

    /// Claims the probe. The breaker is open for other attempts until the probe ends.
    #[must_use]
    pub fn probing(mut self, now: Timestamp) -> Self {
        if let Some(breaker) = &mut self.breaker {
            breaker.open_until = now + PROBE;
        }
        self
    }

    /// Returns the health after a successful attempt.
    #[must_use]
    pub fn after_success(mut self, took: SignedDuration) -> Self {
        self.failing_since = None;
        self.last_failure_at = None;
        self.breaker = None;
        self.slow = self.is_slow_after(took);
        self.fast = !self.slow && (self.fast || took <= FAST_MAX);
        self
    }

    /// Returns the health after a failed attempt. `trips`: the worker counted enough failures to open the
    /// breaker. `probe`: the attempt was the probe of the breaker. Only a probe keeps an open breaker open
    /// for longer, not an attempt that began before it opened.
    #[must_use]
    pub fn after_failure(
        mut self,
        now: Timestamp,
        took: SignedDuration,
        trips: bool,
        probe: bool,
    ) -> Self {
        let again = self.last_failure_at.is_some_and(|at| now.duration_since(at) < OUTAGE_GAP);
        if !again || self.failing_since.is_none() {
            self.failing_since = Some(now);
        }
        let written = again
            && self
                .last_failure_at
                .is_some_and(|at| now.duration_since(at) < FAILURE_WRITE_INTERVAL);
        if !written {
            self.last_failure_at = Some(now);
        }
        self.slow = self.is_slow_after(took);
        self.fast = false;
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

    /// Returns the health while an attempt waits for its reply.
    #[must_use]
    pub fn while_slow(mut self) -> Self {
        (self.slow, self.fast) = (true, false);
        self
    }

    /// Returns true if the endpoint has failed for so long that it is disabled.
    pub fn should_give_up(&self, now: Timestamp) -> bool {
        self.failing_since.is_some_and(|since| now.duration_since(since) >= FAILING_MAX)
    }

    fn is_slow_after(&self, took: SignedDuration) -> bool {
        took >= SLOW_AFTER || (self.slow && took > FAST_MAX)
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
    fn an_endpoint_is_disabled_after_five_days_of_failures_without_a_success() {
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
    fn a_failure_soon_after_another_needs_no_write() {
        let first = good().after_failure(hour(0), QUICK, false, false);
        let second = first.clone().after_failure(
            hour(0) + SignedDuration::from_mins(5),
            QUICK,
            false,
            false,
        );
        assert_eq!(first, second);
    }

    /// Fault row 50. The breaker opens for 30 s, then doubles to half an hour; one probe follows each time.
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
    fn only_a_fast_reply_makes_a_slow_endpoint_fast() {
        let milliseconds = SignedDuration::from_millis;
        let between = milliseconds(900);
        let neither = good().after_success(between);
        assert!(!neither.slow && !neither.fast);
        let slow = good().after_success(milliseconds(1_000));
        assert!(slow.slow && slow.clone().after_success(between).slow);
        let fast = slow.after_success(QUICK);
        assert!(!fast.slow && fast.fast && fast.after_success(between).fast);
    }

    #[test]
    fn a_failure_or_a_slow_attempt_ends_being_fast() {
        let fast = good().after_success(QUICK);
        assert!(!fast.clone().after_failure(hour(0), QUICK, false, false).fast);
        assert!(!fast.clone().after_success(SLOW_AFTER).fast);
        assert!(!fast.while_slow().fast);
    }
}
