//! The parts of an inspecting function that live as long as the process.

use std::sync::Arc;

use files::FileContents;
use inspection::InspectionLimits;
use runtime::App;
use scanner::{Clamd, ScanTimeouts, Scanner};
use worker::Worker;

/// An inspecting function.
pub struct Inspector {
    worker: Worker,
    pub(crate) contents: FileContents,
    /// `None` on a stage without a scanner.
    pub(crate) scanner: Option<Arc<dyn Scanner>>,
    pub(crate) limits: InspectionLimits,
}

impl Inspector {
    /// Combines the parts. The scanner is the one of the configuration.
    pub fn new(worker: Worker, contents: FileContents) -> Self {
        let scanner = worker.app.config.scanner_address.as_deref().map(|address| {
            let scanner: Arc<dyn Scanner> = Arc::new(Clamd::new(address, ScanTimeouts::default()));
            scanner
        });
        Self { worker, contents, scanner, limits: InspectionLimits::default() }
    }

    /// Sets another scanner.
    #[must_use]
    pub fn with_scanner(self, scanner: Arc<dyn Scanner>) -> Self {
        Self { scanner: Some(scanner), ..self }
    }

    /// Returns table, clock and log.
    pub fn app(&self) -> &App {
        &self.worker.app
    }
}
