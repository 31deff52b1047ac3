//! Why a look-up has no answer.

use brazil::LookupBudgetError;
use domain::kernel::{Code, Error};
use jiff::{SignedDuration, Timestamp};
use rails::NoResponse;

/// Why a look-up has no answer.
#[derive(Debug, thiserror::Error)]
pub enum LookupError {
    /// The budget is too low, so the directory was not called.
    #[error(transparent)]
    Spent(#[from] LookupBudgetError),
    /// The directory did not respond. It may have charged the look-up, so the reservation stays.
    #[error(transparent)]
    NoResponse(#[from] NoResponse),
    /// The table failed.
    #[error(transparent)]
    Storage(#[from] Error),
}

impl LookupError {
    /// Returns the error of an operation.
    pub fn into_error(self, now: Timestamp) -> Error {
        match self {
            Self::Spent(refused) => Error::TooMany {
                code: Code::LookupBudgetSpent,
                retry_after_seconds: whole_seconds(refused.retry_at.duration_since(now)),
            },
            Self::NoResponse(cause) => Error::unavailable(cause),
            Self::Storage(error) => error,
        }
    }
}

/// Returns the wait in whole seconds, rounded up so that a retry is not too early.
fn whole_seconds(wait: SignedDuration) -> u64 {
    u64::try_from(wait.as_millis().saturating_add(999) / 1_000).unwrap_or(1).max(1)
}
