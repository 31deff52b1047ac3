//! A batch of messages in the form that Lambda delivers, and the answer that says which of them
//! must come again.

use domain::kernel::Error;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One message of a batch.
#[derive(Debug)]
pub struct BatchItem<M> {
    /// Id of the message in the answer.
    pub message_id: String,
    /// Content of the message. A malformed message fails each time and ends in the dead-letter
    /// queue.
    pub message: Result<M, Error>,
}

/// Reads and answers batches.
#[derive(Debug)]
pub struct Batch;

#[derive(Deserialize)]
struct SqsEvent {
    #[serde(rename = "Records")]
    records: Vec<SqsRecord>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SqsRecord {
    message_id: String,
    #[serde(default)]
    body: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct BatchResponse {
    batch_item_failures: Vec<BatchItemFailure>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct BatchItemFailure {
    item_identifier: String,
}

impl Batch {
    /// Reads the event of a queue.
    pub fn read<M: DeserializeOwned>(event: Value) -> Result<Vec<BatchItem<M>>, Error> {
        let records: SqsEvent = serde_json::from_value(event).map_err(Error::internal)?;
        let read = |record: SqsRecord| BatchItem {
            message: serde_json::from_str(&record.body).map_err(|cause| {
                Error::internal(format!("message {} cannot be read: {cause}", record.message_id))
            }),
            message_id: record.message_id,
        };
        Ok(records.records.into_iter().map(read).collect())
    }

    /// Returns the answer that names the failed items; the others are done
    /// (`ReportBatchItemFailures`). An item of a queue is a message. An item of a stream is the
    /// first record that must come again.
    pub fn response(failed: impl IntoIterator<Item = String>) -> Value {
        let batch_item_failures = failed
            .into_iter()
            .map(|item_identifier| BatchItemFailure { item_identifier })
            .collect();
        serde_json::to_value(BatchResponse { batch_item_failures })
            .expect("an answer has string keys")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::DeliveryMessage;

    /// Fault row 46. A malformed message fails alone.
    #[test]
    fn a_malformed_message_fails_alone() {
        let good = json!({
            "account_id": "acc_01M84PAB1TDP32RCVT3CE2MBPK",
            "event_id": "evt_01M84PAB1TDP32RCVT3CE2MBPK",
            "endpoint_id": "whe_01M84PAB1TDP32RCVT3CE2MBPK",
            "attempts_made": 3,
        });
        let mut bodies = vec![good.to_string(), String::new(), "null".to_owned(), "{}".to_owned()];
        let mut more = good.clone();
        more["more"] = json!(1);
        let mut other = good.clone();
        other["account_id"] = json!("usr_01M84PAB1TDP32RCVT3CE2MBPK");
        bodies.extend([more.to_string(), other.to_string(), "[".repeat(100_000)]);
        let records: Vec<_> = bodies
            .iter()
            .enumerate()
            .map(|(index, body)| json!({ "messageId": format!("m{index}"), "body": body }))
            .collect();
        let batch = Batch::read::<DeliveryMessage>(json!({ "Records": records })).expect("a batch");
        let failed: Vec<_> = batch
            .into_iter()
            .filter(|received| received.message.is_err())
            .map(|received| received.message_id)
            .collect();
        assert_eq!(failed, ["m1", "m2", "m3", "m4", "m5", "m6"]);
        let response = Batch::response(failed.into_iter().take(1));
        assert_eq!(response, json!({ "batchItemFailures": [{ "itemIdentifier": "m1" }] }));
    }
}
