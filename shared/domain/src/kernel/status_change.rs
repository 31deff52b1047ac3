//! One step in the life of a charge or a payout.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A state that was entered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "{S}Change")]
pub struct StatusChange<S> {
    /// The state entered.
    pub status: S,
    /// When.
    pub at: Timestamp,
    /// Why, in a word, where there is more than one reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}
