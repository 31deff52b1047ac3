//! Payments, and credits of those that match no charge.

mod arrivals;
mod decisions;
mod payments_at_once;
mod returns;
mod settings;
