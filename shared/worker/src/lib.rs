//! The life of a function that nobody calls over HTTP: scheduled jobs, the stream, the lanes.
//!
//! Apart from `edge`, so that no HTTP function can send a message: it is not given what sends.
#![warn(missing_docs)]

mod job;
mod life;
mod messages;
mod run;

pub use job::{Job, JobFuture, Jobs, Report};
pub use life::Worker;
pub use messages::each_message;
pub use run::{batch_line, run_batches, run_job, run_jobs};
