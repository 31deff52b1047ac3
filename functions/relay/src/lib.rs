//! The stream of the table: every new event gets its deliveries, every payout and refund that goes
//! its message, and every export.

pub mod publish_events;
pub mod queue_work;
