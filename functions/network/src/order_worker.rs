//! What the function that submits orders is built on.

use rails::OrderRails;
use runtime::App;
use worker::Worker;

/// A function that submits orders to payment networks.
pub struct OrderWorker {
    pub(crate) worker: Worker,
    pub(crate) rails: OrderRails,
}

impl OrderWorker {
    /// Returns a worker that submits to these rails.
    pub fn new(worker: Worker, rails: OrderRails) -> Self {
        Self { worker, rails }
    }

    /// Returns the table, clock and log.
    pub fn app(&self) -> &App {
        &self.worker.app
    }
}
