//! An example of each event type, built by the code that builds real events.

mod beneficiaries;
mod blocks;
mod boletos;
mod cards;
mod collections;
mod credits;
mod disputes;
mod examples;
mod exports;
mod kyc;
mod object_schema;
mod payouts;
mod refunds;
mod scene;
mod states;

pub use examples::examples;
pub use object_schema::object_schema;
pub use states::states_page;
