//! Events: what happened to an object, as customers receive it.

mod event;
mod event_mask;
mod lifecycle;

pub use event::{Event, EventData, EventType, EventView, History, Redelivery};
pub use lifecycle::{Lifecycle, Transition, diagram};
