//! Events: what happened to an object, as customers receive it.

mod event;
mod event_mask;
mod event_type;

pub use event::{Event, EventData, EventView, History, Redelivery};
pub use event_type::{EventObject, EventType};
