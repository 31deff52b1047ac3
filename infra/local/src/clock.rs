//! The clock of the bundle: the machine's clock moved forward on request, or a clock that moves
//! only on request.

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
    /// Returns a clock that is this far ahead of the machine's.
    pub fn ahead(ahead: SignedDuration) -> Self {
        Self { frozen_at: None, ahead_ms: AtomicI64::new(milliseconds(ahead)) }
    }

    /// Returns a clock that stands at `at` until it is moved.
    pub fn frozen(at: Timestamp) -> Self {
        Self { frozen_at: Some(at), ahead_ms: AtomicI64::new(0) }
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: SignedDuration) {
        self.ahead_ms.fetch_add(milliseconds(by), Ordering::SeqCst);
    }

    /// Returns how far the clock was moved.
    pub fn moved(&self) -> SignedDuration {
        SignedDuration::from_millis(self.ahead_ms.load(Ordering::SeqCst))
    }
}

fn milliseconds(duration: SignedDuration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// The clock of the receivers outside of the bundle. It does not move with the bundle's clock,
/// except in tests with a frozen clock, which have no other time.
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
