//! Events: what happened to an object, as customers receive it.

mod event;
mod event_mask;

pub use event::{Event, EventData, EventType, EventView, History, Redelivery};
