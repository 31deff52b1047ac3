//! The stream of the table: every new event gets its deliveries, every payout that goes its message.

pub mod publish_events;
pub mod queue_payouts;
