//! The one clock of the bundle: the machine's, moved forward by hand; or one that only moves by hand.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};
use runtime::{Clock, SystemClock};

/// A clock that can be moved forward.
#[derive(Debug)]
pub struct LocalClock {
    frozen_at: Option<Timestamp>,
    ahead_ms: AtomicI64,
}

impl LocalClock {
    /// The machine's clock, `ahead` of it.
    pub fn ahead(ahead: SignedDuration) -> Self {
        Self { frozen_at: None, ahead_ms: AtomicI64::new(milliseconds(ahead)) }
    }

    /// Stands at `at` until it is moved.
    pub fn frozen(at: Timestamp) -> Self {
        Self { frozen_at: Some(at), ahead_ms: AtomicI64::new(0) }
    }

    /// Moves forward.
    pub fn advance(&self, by: SignedDuration) {
        self.ahead_ms.fetch_add(milliseconds(by), Ordering::SeqCst);
    }

    /// How far it was moved.
    pub fn moved(&self) -> SignedDuration {
        SignedDuration::from_millis(self.ahead_ms.load(Ordering::SeqCst))
    }
}

fn milliseconds(duration: SignedDuration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// The time outside of the bundle, which its receivers live in: not moved with the bundle's clock,
/// unless that stands still and there is no other time.
#[derive(Debug)]
pub struct WallClock(pub Arc<LocalClock>);

impl Clock for WallClock {
    fn now(&self) -> Timestamp {
        match self.0.frozen_at {
            Some(_) => self.0.now(),
            None => SystemClock.now(),
        }
    }
}

impl Clock for LocalClock {
    fn now(&self) -> Timestamp {
        self.frozen_at.unwrap_or_else(|| SystemClock.now()) + self.moved()
    }
}
