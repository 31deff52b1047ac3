//! Scheduled jobs, which have no caller and no reply.

use std::pin::Pin;

use domain::kernel::Error;
use runtime::Metric;

use crate::Worker;

/// One scheduled operation.
pub struct Job {
    /// Name, such as `advance_charges`: also the file and the Lambda handler.
    pub name: &'static str,
    /// One sentence for the reference.
    pub summary: &'static str,
    /// Does the work that is due at `worker.app.moment()` and reports it.
    pub run: for<'a> fn(&'a Worker) -> JobFuture<'a>,
}

/// The result of a job.
#[derive(Debug)]
pub struct Report {
    /// Number of objects that the job handled.
    pub done: u64,
    /// Metrics of its log line.
    pub metrics: Vec<Metric>,
}

/// A running job.
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
            run: |worker| Box::pin($name::handle(worker)),
        },)*];
    };
}
