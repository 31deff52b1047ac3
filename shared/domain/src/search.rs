//! How charges, payouts, refunds and credits are found: searchable values, and the filters of lists.

mod facts;
mod field;
mod filters;

pub use facts::SearchFacts;
pub use field::SearchField;
pub use filters::{PaymentFilters, SearchFilters, SearchRange};
