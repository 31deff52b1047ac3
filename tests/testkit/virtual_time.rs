//! Time that passes only when every task waits: hours take seconds, and each run is the same.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use dispatch::Timer;
use jiff::{SignedDuration, Timestamp};
use local::{Faults, LocalClock};
use runtime::Clock;
use tokio::sync::oneshot;

/// Turns of the runtime without a request on its way after which all tasks wait.
const QUIET_TURNS: u32 = 24;

type Sleepers = BTreeMap<(Timestamp, u64), oneshot::Sender<()>>;

/// A clock with sleepers. It belongs to a runtime of one thread, where a turn lets every task run.
pub struct VirtualTime {
    clock: Arc<LocalClock>,
    sleepers: Mutex<(u64, Sleepers)>,
}

impl VirtualTime {
    /// Returns a clock without sleepers.
    pub fn on(clock: Arc<LocalClock>) -> Self {
        Self { clock, sleepers: Mutex::default() }
    }

    /// Returns the virtual time.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Waits until this much virtual time has passed.
    pub async fn sleep(&self, duration: SignedDuration) {
        let (wake, woken) = oneshot::channel();
        {
            let mut sleepers = self.sleepers.lock().unwrap_or_else(PoisonError::into_inner);
            sleepers.0 += 1;
            let key = (self.now() + duration, sleepers.0);
            sleepers.1.insert(key, wake);
        }
        // The end of the simulation drops the sleepers.
        let _ = woken.await;
    }

    /// Lets tasks run until all sleep, then moves the clock to the next that wakes, until `end`.
    pub async fn run_until(&self, end: Timestamp, faults: &Faults) {
        loop {
            let mut quiet = 0;
            while quiet < QUIET_TURNS {
                tokio::task::yield_now().await;
                quiet = if faults.in_flight() == 0 { quiet + 1 } else { 0 };
            }
            let first = {
                let mut sleepers = self.sleepers.lock().unwrap_or_else(PoisonError::into_inner);
                sleepers.1.pop_first()
            };
            let Some(((at, _), wake)) = first.filter(|((at, _), _)| *at < end) else { break };
            let ahead = at.duration_since(self.now());
            self.clock.advance(ahead.max(SignedDuration::ZERO));
            // A task that stopped waiting is skipped.
            let _ = wake.send(());
        }
        self.clock.advance(end.duration_since(self.now()).max(SignedDuration::ZERO));
    }
}

impl Timer for VirtualTime {
    fn wait(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        let duration = SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX);
        Box::pin(self.sleep(duration))
    }
}
