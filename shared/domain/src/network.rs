//! Orders to the payment network, and look-ups of Pix keys.

mod key_lookup;
mod lookup_share;
mod order;
mod recipient;
mod submission;

pub(crate) use key_lookup::OWNER_TTL;
pub use key_lookup::{CachedKeyOwner, KeyBucket, KeyOwner, LookupBudgetRow};
pub use lookup_share::{LookupDenied, LookupPurpose};
pub(crate) use order::SUBMIT_WINDOW;
pub use order::{NetworkAction, OutboundOrder};
pub use recipient::{Recipient, RecipientView};
pub use submission::Submission;
