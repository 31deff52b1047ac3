//! Credits: money of payments that matched no charge, and the rules by which payments match.

mod arrival;
mod credit;
mod life;
mod matching;
mod order;
mod reason;
mod settings;
mod status;
mod suggestion;
mod view;

pub use arrival::{Arrival, ArrivalContext};
pub use credit::{Credit, CreditMatch, CreditReturn, CreditStep};
pub use matching::mismatch;
pub use reason::CreditReason;
pub use settings::{CreditSettings, RETURN_AFTER_DAYS_MAX};
pub use status::CreditStatus;
pub use suggestion::{ChargeSuggestion, SUGGESTIONS_MAX, SuggestionReason, suggestions};
pub use view::CreditView;
