//! Faults between a worker and the payment network.

mod boletos;
mod cards;
mod disputes;
mod harness;
mod orders;
mod payouts;
mod rail_contract;
mod refunds;
mod returns;
