//! The last code of a link, as its row has it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The last code of a link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CollectionCode {
    /// Random text from which the code follows.
    pub nonce: String,
    /// Version of the pepper from which the code follows.
    pub pepper_version: u32,
    /// Time of the request.
    pub sent_at: Timestamp,
    /// Time at which the code was entered; none while it waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entered_at: Option<Timestamp>,
}
