//! Reads statements back with independent readers.

mod breaks;
mod days;
mod hostile;
mod readers;
mod resumed;
mod samples;
