//! Scheduled work: the same function life, no caller, no answer.

use std::pin::Pin;

use domain::kernel::Error;
use runtime::Metric;

use crate::Worker;

/// One scheduled operation.
pub struct Job {
    /// `advance_charges`: also the file and the Lambda handler.
    pub name: &'static str,
    /// What it does.
    pub summary: &'static str,
    /// Does what is due at `worker.app.moment()`; says what that was.
    pub run: for<'a> fn(&'a Worker) -> JobFuture<'a>,
}

/// What a job did.
#[derive(Debug)]
pub struct Report {
    /// How much.
    pub done: u64,
    /// What else its line tells CloudWatch.
    pub metrics: Vec<Metric>,
}

/// How much says it all, for most jobs.
impl From<u64> for Report {
    fn from(done: u64) -> Self {
        Self { done, metrics: Vec::new() }
    }
}

/// A running job; it says what it did.
pub type JobFuture<'a> = Pin<Box<dyn Future<Output = Result<Report, Error>> + Send + 'a>>;

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
            run: |worker| Box::pin(async move { $name::handle(worker).await.map(Into::into) }),
        },)*];
    };
}
