//! Writes statement files from a queue into the bucket of files.

mod entry_reader;
mod exporter;
mod file;
mod line;

pub mod write_statements;

pub use exporter::{Exporter, PART_BYTES};
