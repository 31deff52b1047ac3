//! The table, the queues and the files: faults, races and idempotency.

pub(crate) mod concurrent_changes;
mod concurrent_ledger;
mod faults;
mod files;
mod groups;
mod idempotency;
mod idempotency_scope;
mod queue_contract;
mod races;
mod turns;
mod write_units;
