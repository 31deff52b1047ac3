//! Asks a malware scanner about a file: the interface, and ClamAV behind it.
//!
//! A stage without a scanner uses no [`Scanner`]. No verdict is not the same as a clean file, so callers try again
//! after [`ScanVerdict::Unavailable`] and accept nothing.
#![warn(missing_docs)]

mod clamd;
mod reply;

use async_trait::async_trait;

pub use clamd::{Clamd, ScanTimeouts};
pub use reply::SIGNATURE_LENGTH_MAX;

/// What a scanner says about a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScanVerdict {
    /// The scanner found nothing.
    Clean,
    /// The scanner found malware.
    Infected {
        /// Name of the signature, such as `Win.Test.EICAR_HDB-1`.
        signature: String,
    },
    /// The scanner gave no verdict.
    Unavailable(ScanError),
}

/// Why there is no verdict.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScanError {
    /// No connection, or it ended too early.
    #[error("the scanner cannot be reached: {0}")]
    Unreachable(String),
    /// No reply in time.
    #[error("the scanner did not reply in time")]
    Timeout,
    /// A reply that is no verdict, for example about the size of the file.
    #[error("the scanner replied without a verdict: {0}")]
    Reply(String),
}

/// A malware scanner.
#[async_trait]
pub trait Scanner: Send + Sync {
    /// Scans the bytes of a file. It returns within the time-outs of the scanner.
    async fn scan(&self, bytes: &[u8]) -> ScanVerdict;
}
