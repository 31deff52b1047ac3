//! Submits payouts, refunds and returns of credits from a queue to payment networks, and queries them.
//! No other function does.

mod beneficiary;
mod boletos;
mod cards;
mod credits;
mod disputes;
mod network_action;
mod order_worker;
mod owner_check;
mod payouts;
mod refunds;

pub mod submit_orders;

pub use order_worker::OrderWorker;
