//! The operations of the bundle, in process: real functions, real expressions, an embedded table.

mod charge_fields;
mod charge_lists;
mod charges;
mod every_operation;
mod fixtures;
mod idempotency;
mod idempotency_scope;
mod races;
mod round_trips;
mod secrets_in_output;
mod storage_faults;
mod tidy;
