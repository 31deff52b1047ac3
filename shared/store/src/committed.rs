//! The outcome of a transaction.

use crate::items::Idempotency;

/// The outcome of a successful commit.
#[derive(Debug)]
pub enum Committed {
    /// All steps are written.
    Applied,
    /// Nothing is written, because an earlier request with the same `Idempotency-Key` did the
    /// work.
    Replayed(Box<Idempotency>),
}
