//! A change of status of a charge, payout or another object.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A change of status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "{S}Change")]
pub struct StatusChange<S> {
    /// New status.
    pub status: S,
    /// Time of the change.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub at: Timestamp,
    /// Reason in one word; absent if only one reason is possible.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Returns the time at which an object entered a status first. Returns `None` if it did not.
pub fn entered_at<S: PartialEq>(history: &[StatusChange<S>], status: S) -> Option<Timestamp> {
    history.iter().find(|change| change.status == status).map(|change| change.at)
}
