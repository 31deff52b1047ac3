//! Whose a PIX key is: asked of the network's directory within the account's budget, and remembered
//! for minutes.
//!
//! The directory cuts off an owner who asks for many keys that do not exist, so nobody may ask for
//! more than there is. What a look-up can cost at most is taken from the budget before the directory
//! is asked, by a write that demands the version that was read; what it did not cost is given back
//! together with the answer (docs/adr/0015). Whoever dies in between has taken too much, never too
//! little, and it comes back within a minute.
#![warn(missing_docs)]

mod known_lookup;
mod lookup;
mod unanswered;

pub use known_lookup::KnownLookup;
pub use lookup::{Lookup, look_up, reward};
pub use unanswered::Unanswered;
