//! From a queue to the payment network: the only crate that speaks to it about payouts.

mod beneficiary;
mod errand;
mod remitter;

pub mod submit_payouts;

pub use remitter::Remitter;
