//! API keys: what they open, from where, and what they leave behind.

mod addresses;
mod api_keys;
mod key_changes;
mod pepper;
mod usage;
