//! What every test stands on: a bundle of its own on a clock that stands still, callers with verbs,
//! and answers that say what they should have been.

mod answer;
mod caller;
mod crowd;
mod world;

pub use answer::Answer;
pub use caller::{Ask, Human, insist};
pub use crowd::together;
pub use world::{Tenant, World, new_charge, pepper};
