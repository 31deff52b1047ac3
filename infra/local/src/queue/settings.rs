//! The attributes of a queue.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use serde_json::{Value, json};

use super::refusal::{INVALID_ATTRIBUTE_NAME, INVALID_ATTRIBUTE_VALUE, QueueError};
use crate::names::QUEUE_ARN;

/// Longest time that a message can be in flight: 12 hours.
pub(super) const VISIBILITY_SECONDS_MAX: i64 = 43_200;
/// Longest delay of a message: 15 minutes.
pub(super) const DELAY_SECONDS_MAX: i64 = 900;
/// Longest wait of a receive.
pub(super) const WAIT_SECONDS_MAX: i64 = 20;
const RETENTION_SECONDS: RangeInclusive<i64> = 60..=1_209_600;
const RECEIVES: RangeInclusive<u64> = 1..=1_000;

/// The dead-letter queue of messages that were received too often.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Redrive {
    /// The name of the dead-letter queue.
    pub(super) target: String,
    /// `maxReceiveCount`.
    pub(super) receives_max: u64,
}

/// The attributes of a queue, in seconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct QueueSettings {
    pub(super) visibility: i64,
    pub(super) delay: i64,
    pub(super) retention: i64,
    wait: i64,
    pub(super) redrive: Option<Redrive>,
}

impl Default for QueueSettings {
    /// Returns the defaults of SQS: 30 s of visibility, four days of retention.
    fn default() -> Self {
        Self { visibility: 30, delay: 0, retention: 345_600, wait: 0, redrive: None }
    }
}

impl QueueSettings {
    /// Sets an attribute of a `CreateQueue`.
    pub(super) fn set(&mut self, name: &str, value: &str) -> Result<(), QueueError> {
        match name {
            "VisibilityTimeout" => {
                self.visibility = within(name, value, 0..=VISIBILITY_SECONDS_MAX)?;
            }
            "DelaySeconds" => self.delay = within(name, value, 0..=DELAY_SECONDS_MAX)?,
            "MessageRetentionPeriod" => self.retention = within(name, value, RETENTION_SECONDS)?,
            "ReceiveMessageWaitTimeSeconds" => {
                self.wait = within(name, value, 0..=WAIT_SECONDS_MAX)?;
            }
            "RedrivePolicy" => self.redrive = Some(redrive(value)?),
            _ => return Err(unknown(name)),
        }
        Ok(())
    }

    /// Returns the attributes as `GetQueueAttributes` names them.
    pub(super) fn named(&self) -> BTreeMap<&'static str, String> {
        let mut named = BTreeMap::from([
            ("VisibilityTimeout", self.visibility.to_string()),
            ("DelaySeconds", self.delay.to_string()),
            ("MessageRetentionPeriod", self.retention.to_string()),
            ("ReceiveMessageWaitTimeSeconds", self.wait.to_string()),
        ]);
        if let Some(Redrive { target, receives_max }) = &self.redrive {
            let arn = format!("{QUEUE_ARN}{target}");
            let policy = json!({ "deadLetterTargetArn": arn, "maxReceiveCount": receives_max });
            named.insert("RedrivePolicy", policy.to_string());
        }
        named
    }
}

/// Returns the error of an attribute that SQS or this emulator does not have.
pub(super) fn unknown(name: &str) -> QueueError {
    QueueError::new(INVALID_ATTRIBUTE_NAME, format!("Unknown Attribute {name}."))
}

fn within(name: &str, value: &str, range: RangeInclusive<i64>) -> Result<i64, QueueError> {
    value.parse().ok().filter(|seconds| range.contains(seconds)).ok_or_else(|| {
        let message = format!("Invalid value for the parameter {name}.");
        QueueError::new(INVALID_ATTRIBUTE_VALUE, message)
    })
}

/// Reads a redrive policy. The count can be a number or, as CloudFormation writes it, a text.
fn redrive(policy: &str) -> Result<Redrive, QueueError> {
    let invalid = |reason: &str| QueueError::parameter("RedrivePolicy", policy, reason);
    let fields: Value = serde_json::from_str(policy)
        .map_err(|_| invalid("Redrive policy is not a valid JSON map."))?;
    let target = fields["deadLetterTargetArn"].as_str().and_then(|arn| arn.strip_prefix(QUEUE_ARN));
    let target = target.ok_or_else(|| invalid("Invalid value for deadLetterTargetArn."))?;
    let count = &fields["maxReceiveCount"];
    let count = count.as_u64().or_else(|| count.as_str()?.parse().ok());
    let receives_max = count.filter(|count| RECEIVES.contains(count)).ok_or_else(|| {
        invalid(
            "Invalid value for maxReceiveCount, valid values are from 1 to 1000 both inclusive.",
        )
    })?;
    Ok(Redrive { target: target.to_owned(), receives_max })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, value: &str, expected: Option<&str>) {
        let code = QueueSettings::default().set(name, value).err().map(|refusal| refusal.kind.code);
        assert_eq!(code, expected, "{name}={value}");
    }

    #[test]
    fn attributes_outside_the_limits_of_sqs_are_refused() {
        let value = Some("InvalidAttributeValue");
        check("VisibilityTimeout", "43200", None);
        check("VisibilityTimeout", "43201", value);
        check("DelaySeconds", "-1", value);
        check("DelaySeconds", "soon", value);
        check("MessageRetentionPeriod", "59", value);
        check("ReceiveMessageWaitTimeSeconds", "20", None);
        check("FifoQueue", "true", Some("InvalidAttributeName"));
    }

    #[test]
    fn a_redrive_policy_names_a_queue_and_a_count() {
        let policy = |arn: &str, count: Value| {
            json!({ "deadLetterTargetArn": arn, "maxReceiveCount": count }).to_string()
        };
        let arn = format!("{QUEUE_ARN}dead");
        check("RedrivePolicy", &policy(&arn, json!(3)), None);
        check("RedrivePolicy", &policy(&arn, json!("3")), None);
        check("RedrivePolicy", &policy(&arn, json!(0)), Some("InvalidParameterValue"));
        check("RedrivePolicy", &policy("dead", json!(3)), Some("InvalidParameterValue"));
        check("RedrivePolicy", "dead", Some("InvalidParameterValue"));
    }
}
