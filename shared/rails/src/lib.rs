//! The interface to payment networks: orders out, updates in.
//!
//! A rail reports facts, such as a [`NetworkStatus`] of [`domain::charge::ChargeUpdate`]. The
//! functions `apply_to_…` turn them into a changed object, ledger entries and events, the same for
//! every rail. [`Rails`] answers which rail serves an account. Without a rail the API refuses charges,
//! refunds and payouts.
#![warn(missing_docs)]

mod charge;
mod key_directory;
mod network;
mod payout;
mod refund;
mod registry;

pub use charge::{ChargeFuture, ChargeRail, advance_charge, apply_to_charge};
pub use key_directory::{DirectoryEntry, KeyDirectory};
pub use network::{NetworkOrder, NetworkStatus, NoResponse, Rail, RailFuture};
pub use payout::{PayoutOrder, PayoutRail, apply_to_payout};
pub use refund::{RefundOrder, apply_to_refund};
pub use registry::{AccountScope, OrderRails, Provider, ProviderRail, Rails};
