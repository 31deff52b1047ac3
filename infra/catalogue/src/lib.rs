//! The list of all functions: domain, name, summary, and what starts each one.
//!
//! `stack` makes the templates from it, `local` the routes of the local bundle, `xtask` the
//! generated files, and `tests` the cases of the sweep.
#![warn(missing_docs)]

mod domains;
mod page;
mod trigger;

pub use domains::{COMMAND_TABLES, FunctionRow, TABLES, all_operations, functions, tables};
pub use page::page;
pub use trigger::{STREAM_FILTERS, Trigger};
