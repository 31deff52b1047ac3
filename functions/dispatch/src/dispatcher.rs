//! The parts of a dispatch function that live as long as the process.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use runtime::Clock;
use worker::Worker;

use crate::breaker::Breakers;
use crate::egress::Egress;

/// Waits. A port, because the fairness simulation has its own time.
pub trait Timer: Send + Sync {
    /// Returns after this duration.
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

/// A dispatch function.
pub struct Dispatcher {
    pub(crate) worker: Worker,
    pub(crate) egress: Arc<dyn Egress>,
    pub(crate) timer: Arc<dyn Timer>,
    /// Clock that receivers compare with `webhook-timestamp`.
    pub(crate) receivers_clock: Arc<dyn Clock>,
    pub(crate) breakers: Breakers,
}

impl Dispatcher {
    /// Combines the parts.
    pub fn new(
        worker: Worker,
        egress: Arc<dyn Egress>,
        timer: Arc<dyn Timer>,
        receivers_clock: Arc<dyn Clock>,
    ) -> Self {
        Self { worker, egress, timer, receivers_clock, breakers: Breakers::default() }
    }

    /// Returns the worker of this function.
    pub fn worker(&self) -> &Worker {
        &self.worker
    }
}
