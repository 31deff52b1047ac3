//! The parts of an export function that live as long as the process.

use files::Uploads;
use jiff::SignedDuration;
use runtime::App;
use worker::Worker;

/// Bytes of a part. The bucket accepts no part below 5 MiB except the last, and a file has at most
/// 10,000 parts, which is 80 GB. The progress is saved after each part, so a crash costs at most
/// one part.
pub const PART_BYTES: usize = 8 * 1024 * 1024;
/// Time after which a run stops at the end of the current part. The next run continues the file,
/// behind the exports that wait, so that long files do not delay all others.
const RUN_TIME_BUDGET: SignedDuration = SignedDuration::from_mins(1);

/// An export function.
pub struct Exporter {
    pub(crate) worker: Worker,
    pub(crate) uploads: Uploads,
    pub(crate) part_bytes: usize,
    pub(crate) run: SignedDuration,
}

impl Exporter {
    /// Combines the parts.
    pub fn new(worker: Worker, uploads: Uploads) -> Self {
        Self { worker, uploads, part_bytes: PART_BYTES, run: RUN_TIME_BUDGET }
    }

    /// Sets another part size, for a bucket that accepts it, and another run time.
    #[must_use]
    pub fn with(self, part_bytes: usize, run: SignedDuration) -> Self {
        Self { part_bytes, run, ..self }
    }

    /// Returns table, clock and log.
    pub fn app(&self) -> &App {
        &self.worker.app
    }
}
