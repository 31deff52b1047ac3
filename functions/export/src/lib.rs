//! From a queue to the bucket of files: writes statements.

mod entry_reader;
mod exporter;
mod file;
mod line;

pub mod write_statements;

pub use exporter::{Exporter, PART_BYTES};
