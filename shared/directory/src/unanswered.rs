//! Why it is not known whose a key is.

use brazil::LookupRefused;
use domain::kernel::{Code, Error};
use jiff::{SignedDuration, Timestamp};
use rails::NoResponse;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum Unanswered {
    /// The directory was not asked: it might have cost more than there is.
    #[error(transparent)]
    Spent(#[from] LookupRefused),
    /// The directory said nothing. It may have charged the look-up, so what was reserved stays taken.
    #[error(transparent)]
    Silent(#[from] NoResponse),
    /// The table failed.
    #[error(transparent)]
    Storage(#[from] Error),
}

impl Unanswered {
    /// The answer of an operation.
    pub fn into_error(self, now: Timestamp) -> Error {
        match self {
            Self::Spent(refused) => Error::TooMany {
                code: Code::LookupBudgetSpent,
                retry_after_seconds: whole_seconds(refused.retry_at.duration_since(now)),
            },
            Self::Silent(silence) => Error::unavailable(silence),
            Self::Storage(error) => error,
        }
    }
}

/// Rounded up: whoever comes back then is not too early.
fn whole_seconds(wait: SignedDuration) -> u64 {
    u64::try_from(wait.as_millis().saturating_add(999) / 1_000).unwrap_or(1).max(1)
}
