//! Rules of the house, and tests that go through every operation.

mod contract;
mod every_operation;
pub(crate) mod fixtures;
mod log_lines;
mod roles;
mod round_trips;
mod secrets_in_output;
mod template_rules;
mod tidy;
