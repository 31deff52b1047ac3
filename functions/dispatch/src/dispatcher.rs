//! What a dispatching function has for its whole life.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use runtime::Clock;
use worker::Worker;

use crate::breaker::Breakers;
use crate::egress::Egress;

/// Waits. A port: the fairness simulation has a time of its own.
pub trait Timer: Send + Sync {
    /// Comes back after this long.
    fn wait(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>>;
}

/// Waits in real time.
#[derive(Debug)]
pub struct TokioTimer;

impl Timer for TokioTimer {
    fn wait(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(tokio::time::sleep(duration))
    }
}

/// A dispatching function.
pub struct Dispatcher {
    pub(crate) worker: Worker,
    pub(crate) egress: Arc<dyn Egress>,
    pub(crate) timer: Arc<dyn Timer>,
    /// The time receivers live in: what `webhook-timestamp` says.
    pub(crate) receivers_clock: Arc<dyn Clock>,
    pub(crate) breakers: Breakers,
}

impl Dispatcher {
    /// Puts the parts together.
    pub fn new(
        worker: Worker,
        egress: Arc<dyn Egress>,
        timer: Arc<dyn Timer>,
        receivers_clock: Arc<dyn Clock>,
    ) -> Self {
        Self { worker, egress, timer, receivers_clock, breakers: Breakers::default() }
    }

    /// What it was built on.
    pub fn worker(&self) -> &Worker {
        &self.worker
    }
}
