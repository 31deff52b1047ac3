//! From a queue to the bucket of files: writes statements.

mod exporter;
mod file;
mod journal;
mod line;

pub mod write_statements;

pub use exporter::{Exporter, PART_BYTES};
