//! The answers of the SQS operations: messages, receipt handles, the results of a batch.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use md5::{Digest, Md5};
use serde_json::{Map, Value, json};

use super::mailbox::{MessageReceipt, QueueMessage};
use super::refusal::{QueueError, RECEIPT_HANDLE_IS_INVALID};

/// Returns the MD5 of a body in hexadecimal, with which SQS confirms a message.
pub(super) fn md5(body: &str) -> String {
    Md5::digest(body.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Returns a receipt handle, which is opaque to the caller, as on AWS.
fn handle(queue: &str, receipt: MessageReceipt) -> String {
    URL_SAFE_NO_PAD.encode(format!("{queue}:{}:{}", receipt.position, receipt.number))
}

/// Reads the receipt of a handle of this queue.
pub(super) fn parse_handle(queue: &str, handle: &str) -> Result<MessageReceipt, QueueError> {
    let invalid = |reason: &str| {
        let message = format!("The input receipt handle \"{handle}\" is not {reason}.");
        QueueError::new(RECEIPT_HANDLE_IS_INVALID, message)
    };
    let text = URL_SAFE_NO_PAD.decode(handle).ok().and_then(|text| String::from_utf8(text).ok());
    let text = text.ok_or_else(|| invalid("a valid receipt handle"))?;
    let mut parts = text.splitn(3, ':');
    let mut part = || parts.next().unwrap_or_default();
    let (of, position, number) = (part(), part().parse(), part().parse());
    let (Ok(position), Ok(number)) = (position, number) else {
        return Err(invalid("a valid receipt handle"));
    };
    if of != queue {
        return Err(invalid("valid for this queue"));
    }
    Ok(MessageReceipt { position, number })
}

/// Returns a message as a caller receives it, with the requested system attributes.
pub(super) fn show(
    message: &QueueMessage,
    receipt: MessageReceipt,
    queue: &str,
    requested: &BTreeSet<String>,
) -> Value {
    let first = message.first_received_at.map(|at| at.as_millisecond().to_string());
    let attributes = [
        ("ApproximateReceiveCount", Some(message.received.to_string())),
        ("ApproximateFirstReceiveTimestamp", first),
        ("SentTimestamp", Some(message.sent_at.as_millisecond().to_string())),
        ("MessageGroupId", message.group.as_deref().map(str::to_owned)),
        ("DeadLetterQueueSourceArn", message.source.clone()),
    ];
    let attributes: Map<String, Value> = attributes
        .into_iter()
        .filter(|(name, _)| requested.contains("All") || requested.contains(*name))
        .filter_map(|(name, value)| Some((name.to_owned(), json!(value?))))
        .collect();
    let mut shown = json!({
        "MessageId": message.id,
        "ReceiptHandle": handle(queue, receipt),
        "MD5OfBody": md5(&message.body),
        "Body": message.body.as_ref(),
    });
    if !attributes.is_empty() {
        shown["Attributes"] = Value::Object(attributes);
    }
    shown
}

/// Returns the results of a batch, entry by entry.
pub(super) fn each(results: impl Iterator<Item = (String, Result<Value, QueueError>)>) -> Value {
    let (mut successful, mut failed) = (Vec::new(), Vec::new());
    for (id, result) in results {
        match result {
            Ok(mut fields) => {
                fields["Id"] = json!(id);
                successful.push(fields);
            }
            Err(QueueError { kind, message }) => failed.push(json!({
                "Id": id, "SenderFault": true, "Code": kind.code, "Message": message,
            })),
        }
    }
    json!({ "Successful": successful, "Failed": failed })
}
