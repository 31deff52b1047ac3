//! The lease of a worker on a row.
//!
//! A network order has no lease of this type: the claim of an order turns its due step into a status
//! query, and the time of that query is the end of the lease ([`crate::network::OutboundOrder`]).
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// The exclusive right of a worker to change a row, for a limited time. A worker that dies delays the
/// row until then and no longer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    /// The time before which no other worker claims the row. `None` while there is no lease.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// The number of claims since the work last progressed.
    #[serde(default)]
    pub attempts: u32,
}

impl Lease {
    /// Returns a lease that any worker can claim from `at` on.
    pub const fn free_from(at: Timestamp) -> Self {
        Self { until: Some(at), attempts: 0 }
    }

    /// Returns true if a worker holds the lease, or if it was deferred.
    pub fn is_held(&self, now: Timestamp) -> bool {
        self.until.is_some_and(|until| until > now)
    }

    /// Claims the lease for `lasts` and counts the attempt. Returns false, and changes nothing, if it
    /// is held.
    pub fn claim(&mut self, now: Timestamp, lasts: SignedDuration) -> bool {
        let free = !self.is_held(now);
        if free {
            self.attempts = self.attempts.saturating_add(1);
            self.renew(now, lasts);
        }
        free
    }

    /// Extends the lease to `lasts` from now on.
    pub fn renew(&mut self, now: Timestamp, lasts: SignedDuration) {
        self.until = Some(now + lasts);
    }

    /// Releases the lease: the next worker can claim it at once.
    pub fn release(&mut self, now: Timestamp) {
        self.defer(now);
    }

    /// Releases the lease, to be claimed at `until` at the earliest.
    pub fn defer(&mut self, until: Timestamp) {
        self.until = Some(until);
    }

    /// Ends the lease: the work is done.
    pub fn end(&mut self) {
        self.until = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LASTS: SignedDuration = SignedDuration::from_secs(60);

    fn second(second: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_secs(second)
    }

    #[test]
    fn one_worker_at_a_time_holds_the_lease() {
        let mut lease = Lease::free_from(second(10));
        assert!(!lease.claim(second(9), LASTS));
        assert!(lease.claim(second(10), LASTS));
        assert_eq!(lease, Lease { until: Some(second(70)), attempts: 1 });
        assert!(!lease.claim(second(69), LASTS), "a worker holds it");
        lease.renew(second(69), LASTS);
        assert!(!lease.claim(second(128), LASTS));
        assert!(lease.claim(second(129), LASTS), "the worker died");
        assert_eq!(lease.attempts, 2);
    }

    #[test]
    fn a_lease_that_was_released_can_be_claimed_and_one_that_was_deferred_waits() {
        let mut lease = Lease::free_from(second(0));
        assert!(lease.claim(second(0), LASTS));
        lease.release(second(5));
        assert!(lease.claim(second(5), LASTS));
        lease.defer(second(500));
        assert!(!lease.claim(second(499), LASTS));
        assert!(lease.claim(second(500), LASTS));
        lease.end();
        assert_eq!(lease, Lease { until: None, attempts: 3 });
    }
}
