//! The items of the table, by room.

mod access;
mod account;
mod beneficiary;
mod charge;
mod collection;
mod credit;
mod kyc;
mod ledger;
mod network;
mod payout;
mod request;
mod search;
mod statement;
mod webhook;

use jiff::SignedDuration;

pub use access::{UsageDay, unknown_account};
pub use beneficiary::{BeneficiaryDocument, BeneficiaryReference};
pub(crate) use charge::{BoletoNumber, Location, receivable_key};
pub use collection::CollectionLink;
pub(crate) use request::BooksTurn;
pub use request::{Idempotency, Intent, Reference, SealedReply};
pub use search::SearchRow;
pub(crate) use search::{number_key, time_key};

/// Time between the end of a row and its removal. The code that reads the row checks the end
/// itself.
const TTL_GRACE: SignedDuration = SignedDuration::from_hours(24);
