//! The stream of the table: every new event gets its deliveries.

pub mod publish_events;

pub use publish_events::handle as publish_events;
