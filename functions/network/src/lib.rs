//! From a queue to the payment network: the only crate that speaks to it about payouts and
//! refunds.

mod beneficiary;
mod network_action;
mod order_worker;
mod payouts;
mod refunds;

pub mod submit_orders;

pub use order_worker::OrderWorker;
