//! The operations of the bundle, in process: real functions, real expressions, an embedded table.

mod addresses;
mod audit;
mod charge_fields;
mod charge_lists;
mod charges;
mod contract;
mod every_operation;
mod fixtures;
mod idempotency;
mod idempotency_scope;
mod invitations;
mod key_changes;
mod keys;
mod login_guesses;
mod moderators;
mod people;
mod pepper;
mod races;
mod round_trips;
mod secrets_in_output;
mod sessions;
mod storage_faults;
mod tidy;
mod two_factor;
mod usage;
mod users;
