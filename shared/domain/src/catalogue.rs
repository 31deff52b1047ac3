//! An example of each event, built by the code that builds real events.

mod examples;
mod exports;
mod payouts;
mod refunds;
mod scene;
mod states;

pub use examples::examples;
pub use states::states_page;
