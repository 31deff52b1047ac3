//! The next step of an object and the time at which it is due.
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The next step of an object, and when. The scheduler lists rows by this time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due<Step> {
    /// The time of the step.
    pub at: Timestamp,
    /// The step.
    pub step: Step,
}

impl<Step> Due<Step> {
    /// Returns true if the time of the step has come.
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.at <= now
    }
}
