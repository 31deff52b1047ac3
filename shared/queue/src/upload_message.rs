//! The message of the bucket about an uploaded file, in the form of S3.
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html>

use serde::Deserialize;

/// A message of the bucket. It can have other fields, which AWS adds over time.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct UploadMessage {
    /// None in the test message that S3 sends when the notification is set up.
    #[serde(rename = "Records", default)]
    records: Vec<Record>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Record {
    s3: S3Part,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct S3Part {
    object: ObjectPart,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct ObjectPart {
    key: String,
}

impl UploadMessage {
    /// Returns the keys of the files. S3 escapes them as in a form; keys of uploads have no character that is
    /// escaped.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.records.iter().map(|record| record.s3.object.key.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_names_its_files_and_a_test_message_none() {
        let message = r#"{"Records":[{"eventVersion":"2.1","eventName":"ObjectCreated:Put",
            "s3":{"bucket":{"name":"files"},"object":{"key":"evidence/a/b/c","size":7}}}]}"#;
        let message: UploadMessage = serde_json::from_str(message).expect("a message");
        assert_eq!(message.keys().collect::<Vec<_>>(), ["evidence/a/b/c"]);
        let test = r#"{"Service":"Amazon S3","Event":"s3:TestEvent","Bucket":"files"}"#;
        let test: UploadMessage = serde_json::from_str(test).expect("a message");
        assert_eq!(test.keys().count(), 0);
    }
}
