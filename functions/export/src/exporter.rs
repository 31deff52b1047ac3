//! What an exporting function has for its whole life.

use edge::App;
use files::Uploads;
use jiff::SignedDuration;
use worker::Worker;

/// How large a part is: the bucket takes none below 5 MiB but the last, and a file has 10,000 at most,
/// which is 80 GB. What is written is kept part by part, so this is also what a crash costs.
pub const PART_BYTES: usize = 8 * 1024 * 1024;
/// How long one run writes, as a rule: it ends with the part that is written then. What is left is gone
/// on with by the next run, behind those that wait, so that nobody's long files hold up all others.
const RUN_TIME_BUDGET: SignedDuration = SignedDuration::from_mins(1);

/// An exporting function.
pub struct Exporter {
    pub(crate) worker: Worker,
    pub(crate) uploads: Uploads,
    pub(crate) part_bytes: usize,
    pub(crate) run: SignedDuration,
}

impl Exporter {
    /// Puts the parts together.
    pub fn new(worker: Worker, uploads: Uploads) -> Self {
        Self { worker, uploads, part_bytes: PART_BYTES, run: RUN_TIME_BUDGET }
    }

    /// With parts of another size, for a bucket that takes them, and runs of another length.
    #[must_use]
    pub fn with(self, part_bytes: usize, run: SignedDuration) -> Self {
        Self { part_bytes, run, ..self }
    }

    /// Table, clock, log.
    pub fn app(&self) -> &App {
        &self.worker.app
    }
}
