//! Events: the changes of an object, as customers receive them.

mod event;
mod event_mask;
mod event_type;
mod lifecycle;

pub use event::{
    EVENT_SETTLING_TIME, Event, EventData, EventView, History, RECORDING_TIME_MAX, Redelivery,
};
pub use event_type::{EventObject, EventType};
pub use lifecycle::{Lifecycle, Transition, diagram};
