//! The account of a customer: merchant, fees and stage.

mod account;
mod fee;
mod new_account;

pub use account::{Account, Merchant, Stage};
pub use fee::{AnticipationFee, DisputeFees, FeeSchedule, Fees};
pub use new_account::NewAccount;
