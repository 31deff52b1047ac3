//! Reads the stream of the table. New events get their deliveries. Payouts and refunds to submit
//! and new exports get their messages.

pub mod relay_changes;
mod work;
