//! Rules of the house, and tests that go through every operation.

mod card_numbers;
mod circles;
mod cloudwatch;
mod contract;
mod document;
mod documents;
mod every_operation;
mod fault_table;
mod kyc_story;
mod log_lines;
mod no_circles;
mod operator_pages;
mod pages;
mod payment_story;
mod roles;
mod round_trips;
mod secrets_in_output;
mod security_table;
mod sources;
mod template_rules;
mod tidy;
mod translations;
mod words;
