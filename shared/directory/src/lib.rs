//! Look-ups of Pix keys in the network's directory, within the account's budget. Answers are
//! remembered for minutes.
//!
//! The directory blocks an owner who looks up many keys that do not exist, so no look-up may exceed
//! the budget. Before a look-up the function reserves its highest cost, by a write that requires the
//! version that was read. After the answer it returns the rest in one transaction with the answer
//! (docs/adr/0015). A function that crashes in between has reserved too much, never too little, and
//! the budget refills within a minute.
#![warn(missing_docs)]

mod fresh;
mod lookup;
mod lookup_error;
mod lookup_rows;

pub use fresh::{BudgetRows, FreshAnswer, LookupCharge, look_up_fresh};
pub use lookup::{Lookup, look_up, reward};
pub use lookup_error::LookupError;
pub use lookup_rows::{LookupRows, remembered_answer};
