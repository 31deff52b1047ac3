//! What a remitting function has for its whole life.

use std::sync::Arc;

use edge::App;
use rails::PayoutRail;
use worker::Worker;

/// A remitting function.
pub struct Remitter {
    pub(crate) worker: Worker,
    pub(crate) rail: Arc<dyn PayoutRail>,
}

impl Remitter {
    /// Puts the parts together.
    pub fn new(worker: Worker, rail: Arc<dyn PayoutRail>) -> Self {
        Self { worker, rail }
    }

    /// Table, clock, log.
    pub fn app(&self) -> &App {
        &self.worker.app
    }
}
