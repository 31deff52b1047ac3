//! What an exporting function has for its whole life.

use edge::App;
use files::Uploads;
use jiff::SignedDuration;

/// How large a part is: the bucket takes none below 5 MiB but the last, and a file has 10,000 at most,
/// which is 80 GB. What is written is kept part by part, so this is also what a crash costs.
const PART_BYTES: usize = 8 * 1024 * 1024;
/// How long one run writes. What is left then is gone on with by the next, which the clock calls.
/// Lambda ends a function after 15 minutes.
const RUN: SignedDuration = SignedDuration::from_mins(10);

/// An exporting function.
pub struct Exporter {
    pub(crate) app: App,
    pub(crate) uploads: Uploads,
    pub(crate) part_bytes: usize,
    pub(crate) run: SignedDuration,
}

impl Exporter {
    /// Puts the parts together.
    pub fn new(app: App, uploads: Uploads) -> Self {
        Self { app, uploads, part_bytes: PART_BYTES, run: RUN }
    }

    /// With parts of another size, for a bucket that takes them, and runs of another length.
    #[must_use]
    pub fn with(self, part_bytes: usize, run: SignedDuration) -> Self {
        Self { part_bytes, run, ..self }
    }

    /// Table, clock, log.
    pub fn app(&self) -> &App {
        &self.app
    }
}
