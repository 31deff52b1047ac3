//! Orders to the payment network, and look-ups of Pix keys.

mod key_lookup;
mod order;
mod submission;

pub use key_lookup::{CachedKeyOwner, KeyBucket, KeyOwner, LookupBudgetRow};
pub(crate) use order::SUBMIT_WINDOW;
pub use order::{NetworkAction, OutboundOrder};
pub use submission::Submission;
