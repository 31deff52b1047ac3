//! From a queue to the payment network: the only crate that speaks to it about payouts and
//! refunds.

mod beneficiary;
mod errand;
mod payouts;
mod refunds;
mod remitter;

pub mod submit_payouts;

pub use remitter::Remitter;
