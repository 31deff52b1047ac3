//! The types that have rows, by room.

mod access;
mod account;
mod charge;
mod ledger;
mod network;
mod payout;
mod request;
mod statement;
mod webhook;

use jiff::SignedDuration;

pub use access::UsageDay;
pub(crate) use charge::Location;
pub use request::{Idempotency, Reference};

/// A day after which a row that ended may go; its end itself is checked where it is used.
const TTL_GRACE: SignedDuration = SignedDuration::from_hours(24);
