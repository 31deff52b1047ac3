//! Statements read back with readers that know nothing of this crate.

mod breaks;
mod days;
mod hostile;
mod readers;
mod resumed;
mod samples;
