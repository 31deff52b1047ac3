//! The interface to payment networks: orders out, updates in.
//!
//! A rail reports facts, such as a [`NetworkStatus`] of [`domain::charge::ChargeUpdate`]. The
//! functions `apply_…` turn them into a changed object, ledger entries and events, the same for
//! every rail. [`Rails`] answers which rail serves an account. Without a rail the API refuses charges,
//! refunds and payouts.
#![warn(missing_docs)]

mod boleto;
mod card;
mod charge;
mod charge_return;
mod credit;
mod dispute;
mod key_directory;
mod network;
mod payout;
mod refund;
mod registry;

pub use boleto::{BoletoOrderEnd, BoletoRail, BoletoRequest, apply_to_boleto, due_boleto_update};
pub use card::{CardRail, CardRequest, apply_to_card, due_card_update};
pub use charge::{ChargeFuture, ChargeRail, advance_arrival, advance_charge, apply_arrival};
pub use charge_return::{advance_return, apply_return};
pub use credit::apply_to_credit;
pub use dispute::{DisputeRequest, announced_dispute_status, apply_to_dispute, due_dispute_update};
pub use key_directory::{DirectoryEntry, KeyDirectory};
pub use network::{NetworkOrder, NetworkStatus, NoResponse, Rail, RailFuture};
pub use payout::{PayoutOrder, PayoutRail, apply_to_payout};
pub use refund::{RefundOrder, apply_to_refund};
pub use registry::{AccountScope, OrderRails, Provider, ProviderRail, Rails};
