//! Saved beneficiaries: who receives payouts, and the destinations at which they receive them.

mod change;
mod check;
mod check_life;
mod life;
mod micro_deposit;
mod payable;
mod saved;
mod status;
mod view;

pub use change::BeneficiaryChange;
pub use check::{CheckStatus, DestinationCheck, VerifiedBy};
pub use check_life::CheckFinding;
pub use micro_deposit::{MICRO_DEPOSIT_CENTS, tells_about_destination};
pub use payable::NotPayable;
pub use saved::{DESTINATIONS_MAX, NewSavedBeneficiary, SavedBeneficiary, SavedDestination};
pub use status::BeneficiaryStatus;
pub use view::{SavedBeneficiaryView, SavedDestinationView};
