//! Faults between a worker and the payment network.

mod harness;
mod orders;
mod payouts;
mod rail_contract;
mod refunds;
