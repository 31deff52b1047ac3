//! What a remitting function has for its whole life.

use std::sync::Arc;

use rails::{KeyDirectory, Network};
use runtime::App;
use worker::Worker;

/// A remitting function.
pub struct OrderWorker {
    pub(crate) worker: Worker,
    pub(crate) network: Arc<dyn Network>,
    pub(crate) directory: KeyDirectory,
}

impl OrderWorker {
    /// Puts the parts together.
    pub fn new(worker: Worker, network: Arc<dyn Network>) -> Self {
        let directory = KeyDirectory::of(Arc::clone(&network) as _);
        Self { worker, network, directory }
    }

    /// Table, clock, log.
    pub fn app(&self) -> &App {
        &self.worker.app
    }
}
