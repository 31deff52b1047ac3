//! The requests of the SQS operations, and the checks that need no queue.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::refusal::{self, QueueError};

/// Largest message and largest batch: 1 MiB.
pub(super) const BYTES_MAX: usize = 1_048_576;
const ENTRIES_MAX: usize = 10;
const ENTRY_ID_LENGTH_MAX: usize = 80;
const NAME_LENGTH_MAX: usize = 80;
const GROUP_LENGTH_MAX: usize = 128;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct CreateQueue {
    pub(super) queue_name: String,
    #[serde(default)]
    pub(super) attributes: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct GetQueueUrl {
    pub(super) queue_name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct GetQueueAttributes {
    pub(super) queue_url: String,
    #[serde(default)]
    pub(super) attribute_names: BTreeSet<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct SendMessage {
    pub(super) queue_url: String,
    pub(super) message_body: String,
    pub(super) delay_seconds: Option<i64>,
    pub(super) message_group_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct SendEntry {
    pub(super) id: String,
    pub(super) message_body: String,
    pub(super) delay_seconds: Option<i64>,
    pub(super) message_group_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct ReceiveMessage {
    pub(super) queue_url: String,
    pub(super) max_number_of_messages: Option<i64>,
    pub(super) visibility_timeout: Option<i64>,
    pub(super) wait_time_seconds: Option<i64>,
    #[serde(default)]
    pub(super) message_system_attribute_names: BTreeSet<String>,
    /// Older name of the same field.
    #[serde(default)]
    pub(super) attribute_names: BTreeSet<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct DeleteMessage {
    pub(super) queue_url: String,
    pub(super) receipt_handle: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct DeleteEntry {
    pub(super) id: String,
    pub(super) receipt_handle: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct ChangeMessageVisibility {
    pub(super) queue_url: String,
    pub(super) receipt_handle: String,
    pub(super) visibility_timeout: i64,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct PurgeQueue {
    pub(super) queue_url: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct BatchRequest<Entry> {
    pub(super) queue_url: String,
    #[serde(default = "Vec::new")]
    pub(super) entries: Vec<Entry>,
}

/// Reads a request. An unknown field is refused, because ignoring it would hide a difference from
/// AWS.
pub(super) fn read<Request: DeserializeOwned>(body: &[u8]) -> Result<Request, QueueError> {
    serde_json::from_slice(body).map_err(|cause| {
        let message = format!("The local queues cannot read this request: {cause}");
        QueueError::new(refusal::SERIALIZATION, message)
    })
}

pub(super) fn if_provided(name: &str, value: Option<i64>, most: i64) -> Result<(), QueueError> {
    match value {
        Some(value) if !(0..=most).contains(&value) => {
            let reason = format!("Must be between 0 and {most}, if provided.");
            Err(QueueError::parameter(name, value, reason))
        }
        _ => Ok(()),
    }
}

fn is_name(text: &str, length_max: usize) -> bool {
    let allowed = |letter: char| letter.is_ascii_alphanumeric() || "-_".contains(letter);
    (1..=length_max).contains(&text.len()) && text.chars().all(allowed)
}

pub(super) fn check_name(name: &str) -> Result<(), QueueError> {
    if is_name(name, NAME_LENGTH_MAX) {
        return Ok(());
    }
    let message =
        "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length";
    Err(QueueError::new(refusal::INVALID_PARAMETER_VALUE, message))
}

pub(super) fn check_group(group: Option<&str>) -> Result<(), QueueError> {
    let Some(group) = group else { return Ok(()) };
    let graphic = group.chars().all(|letter| letter.is_ascii_graphic());
    if graphic && (1..=GROUP_LENGTH_MAX).contains(&group.len()) {
        return Ok(());
    }
    let reason = "MessageGroupId can only include alphanumeric and punctuation characters. \
                  1 to 128 in length.";
    Err(QueueError::parameter("MessageGroupId", group, reason))
}

/// Checks that a body is a text of XML 1.0 with at most 1 MiB.
pub(super) fn check_body(body: &str) -> Result<(), QueueError> {
    if body.is_empty() {
        let message = "The request must contain the parameter MessageBody.";
        return Err(QueueError::new(refusal::MISSING_PARAMETER, message));
    }
    if body.len() > BYTES_MAX {
        let message = format!(
            "One or more parameters are invalid. Reason: Message must be shorter than {BYTES_MAX} \
             bytes."
        );
        return Err(QueueError::new(refusal::INVALID_PARAMETER_VALUE, message));
    }
    let invalid = |letter: char| {
        (letter < ' ' && !"\t\n\r".contains(letter)) || matches!(letter, '\u{fffe}' | '\u{ffff}')
    };
    if body.chars().any(invalid) {
        let message = "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | \
                       #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF.";
        return Err(QueueError::new(refusal::INVALID_CONTENTS, message));
    }
    Ok(())
}

/// Checks the ids of a batch: one to ten, all different. `entry` is the name that AWS gives an
/// entry.
pub(super) fn check_ids(entry: &str, ids: &[&str]) -> Result<(), QueueError> {
    if ids.is_empty() {
        let message = format!("There should be at least one {entry} in the request.");
        return Err(QueueError::new(refusal::EMPTY_BATCH_REQUEST, message));
    }
    if ids.len() > ENTRIES_MAX {
        let sent = ids.len();
        let message = format!(
            "Maximum number of entries per request are {ENTRIES_MAX}. You have sent {sent}."
        );
        return Err(QueueError::new(refusal::TOO_MANY_ENTRIES, message));
    }
    if !ids.iter().all(|id| is_name(id, ENTRY_ID_LENGTH_MAX)) {
        let message = "A batch entry id can only contain alphanumeric characters, hyphens and \
                       underscores. It can be at most 80 letters long.";
        return Err(QueueError::new(refusal::INVALID_ENTRY_ID, message));
    }
    let mut seen = BTreeSet::new();
    if let Some(id) = ids.iter().find(|id| !seen.insert(**id)) {
        return Err(QueueError::new(refusal::IDS_NOT_DISTINCT, format!("Id {id} repeated.")));
    }
    Ok(())
}
