//! Submits payouts and refunds from a queue to payment networks, and queries them. No other function
//! does.

mod beneficiary;
mod network_action;
mod order_worker;
mod payouts;
mod refunds;

pub mod submit_orders;

pub use order_worker::OrderWorker;
