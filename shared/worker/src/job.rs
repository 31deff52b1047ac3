//! Scheduled work: the same function life, no caller, no answer.

use std::pin::Pin;

use domain::Error;

use crate::Worker;

/// One scheduled operation.
pub struct Job {
    /// `advance_charges`: also the file and the Lambda handler.
    pub name: &'static str,
    /// What it does.
    pub summary: &'static str,
    /// Does what is due at `worker.app.moment()`; says how much that was.
    pub run: for<'a> fn(&'a Worker) -> Running<'a>,
}

/// A running job; it says how much it did.
pub type Running<'a> = Pin<Box<dyn Future<Output = Result<u64, Error>> + Send + 'a>>;

/// The jobs of a domain.
pub type Jobs = &'static [Job];

/// Declares the scheduled operations of a domain.
///
/// `/// What it does.`
/// `advance_charges;`
#[macro_export]
macro_rules! jobs {
    ($(#[doc = $summary:literal] $name:ident;)*) => {
        /// Every scheduled operation of this domain.
        pub const JOBS: $crate::Jobs = &[$($crate::Job {
            name: stringify!($name),
            summary: $summary.trim_ascii(),
            run: |worker| Box::pin($name::handle(worker)),
        },)*];
    };
}
