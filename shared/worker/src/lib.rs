//! Functions without HTTP: scheduled jobs, and consumers of the stream and the queues.
//!
//! This crate is apart from `edge`, so that HTTP functions do not get the queues and cannot send a
//! message.
#![warn(missing_docs)]

mod job;
mod life;
mod messages;
mod run;

pub use job::{Job, JobFuture, Jobs, Report};
pub use life::Worker;
pub use messages::each_message;
pub use run::{batch_line, run_batches, run_job, run_jobs};
