//! What a remitting function has for its whole life.

use std::sync::Arc;

use edge::App;
use rails::{KeyDirectory, PayoutRail};
use worker::Worker;

/// A remitting function.
pub struct Remitter {
    pub(crate) worker: Worker,
    pub(crate) rail: Arc<dyn PayoutRail>,
    pub(crate) directory: KeyDirectory,
}

impl Remitter {
    /// Puts the parts together.
    pub fn new(worker: Worker, rail: Arc<dyn PayoutRail>) -> Self {
        let directory = KeyDirectory::of(Arc::clone(&rail));
        Self { worker, rail, directory }
    }

    /// Table, clock, log.
    pub fn app(&self) -> &App {
        &self.worker.app
    }
}
