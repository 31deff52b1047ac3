//! The table, the queues and the files: faults, races and idempotency.

pub(crate) mod concurrent_changes;
mod faults;
mod files;
mod idempotency;
mod idempotency_scope;
mod queue_contract;
mod races;
