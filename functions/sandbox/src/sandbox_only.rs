//! What all operations of the sandbox share.

use domain::account::Stage;
use domain::kernel::Error;
use jiff::SignedDuration;

/// The time after which the sandbox reports the outcome of an order that timed out. One minute, as
/// long as a worker waits before its first status query.
pub(crate) const REPORTED_AFTER: SignedDuration = SignedDuration::from_secs(60);

/// Answers 404 on a live stage, where money is real.
pub(crate) fn require_sandbox(stage: Stage) -> Result<(), Error> {
    match stage {
        Stage::Sandbox => Ok(()),
        Stage::Live => Err(Error::NotFound("operation")),
    }
}
