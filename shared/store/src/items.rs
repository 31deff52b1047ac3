//! The items of the table, by room.

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

pub use access::{UsageDay, unknown_account};
pub(crate) use charge::Location;
pub use request::{Idempotency, Reference};

/// Time between the end of a row and its removal. The code that reads the row checks the end
/// itself.
const TTL_GRACE: SignedDuration = SignedDuration::from_hours(24);
