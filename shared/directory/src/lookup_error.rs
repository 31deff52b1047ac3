//! Why a look-up has no answer.

use domain::kernel::{Code, Error};
use domain::network::LookupDenied;
use jiff::{SignedDuration, Timestamp};
use rails::NoResponse;

/// Why a look-up has no answer.
#[derive(Debug, thiserror::Error)]
pub enum LookupError {
    /// The tokens for this purpose are too few, so the directory was not called.
    #[error(transparent)]
    Spent(#[from] LookupDenied),
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
            Self::Spent(denied) => Error::TooMany {
                code: match denied {
                    LookupDenied::BudgetSpent(_) => Code::LookupBudgetSpent,
                    LookupDenied::ShareSpent { .. } => Code::LookupShareSpent,
                },
                retry_after_seconds: whole_seconds(denied.retry_at().duration_since(now)),
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
