//! A right: an IAM action on a resource, and for rows and files the family of keys.

use std::collections::BTreeSet;
use std::fmt;

use queue::Lane;
use serde_json::Value;

/// An action of IAM, for example `dynamodb:PutItem`.
pub type IamAction = &'static str;

/// A resource of the stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AwsResource {
    /// The main table.
    Main,
    /// The index of charges by status of the main table.
    MainByStatus,
    /// The index of due rows of the main table.
    MainByDue,
    /// The table of deliveries.
    Deliveries,
    /// The index of undelivered deliveries of that table.
    DeliveriesByStatus,
    /// The index of due deliveries of that table.
    DeliveriesByDue,
    /// The secret with the pepper.
    Pepper,
    /// The secret that signing secrets are sealed under.
    Signing,
    /// The secret that signs receipts.
    ReceiptSigning,
    /// The queue of first attempts.
    Live,
    /// The queue of all later attempts.
    Retry,
    /// The queue of payouts and refunds to submit.
    Orders,
    /// The queue of statements to write.
    Exports,
    /// The queue of uploaded files, to which only the bucket sends.
    Uploads,
    /// The bucket of files.
    Files,
}

/// A right, or one use of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Right {
    /// The resource.
    pub resource: AwsResource,
    /// The action.
    pub action: IamAction,
    /// For rows the partition key before `#`; for files the key before the first `/`; otherwise
    /// `None`.
    pub family: Option<String>,
}

impl fmt::Display for Right {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} on {:?}", self.action, self.resource)?;
        let end = if self.resource == AwsResource::Files { "/*" } else { "#*" };
        self.family.iter().try_for_each(|family| write!(f, " {family}{end}"))
    }
}

impl From<Lane> for AwsResource {
    fn from(lane: Lane) -> Self {
        match lane {
            Lane::Live => Self::Live,
            Lane::Retry => Self::Retry,
            Lane::Orders => Self::Orders,
            Lane::Exports => Self::Exports,
            Lane::Uploads => Self::Uploads,
        }
    }
}

impl AwsResource {
    /// Returns the index of this name on the table.
    pub(crate) fn index(self, name: &str) -> Option<Self> {
        match (self, name) {
            (Self::Main, "by_status") => Some(Self::MainByStatus),
            (Self::Main, "by_due") => Some(Self::MainByDue),
            (Self::Deliveries, "by_status") => Some(Self::DeliveriesByStatus),
            (Self::Deliveries, "by_due") => Some(Self::DeliveriesByDue),
            _ => None,
        }
    }
}

/// Returns the rights that a request to AWS needs. `target` is its header
/// (`DynamoDB_20120810.PutItem`); `resource` finds a resource by the name of a table or secret, or
/// the URL of a queue. A transaction is not an action: each of its steps needs its own right.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html>
pub fn requested_rights(
    target: &str,
    body: &Value,
    resource: impl Fn(&str) -> Option<AwsResource>,
) -> Result<BTreeSet<Right>, UnknownRequest> {
    let (_, operation) = target.split_once('.').unwrap_or_default();
    let unknown = || UnknownRequest(operation.to_owned());
    let at = |name: &Value| resource(name.as_str().unwrap_or_default()).ok_or_else(unknown);
    let row = |action, table: &Value, pk: &Value| {
        Ok(Right { resource: at(table)?, action, family: Some(family(pk)) })
    };
    let right = match operation {
        "GetItem" => row("dynamodb:GetItem", &body["TableName"], &body["Key"]["pk"])?,
        "PutItem" => row("dynamodb:PutItem", &body["TableName"], &body["Item"]["pk"])?,
        "DeleteItem" => row("dynamodb:DeleteItem", &body["TableName"], &body["Key"]["pk"])?,
        "UpdateItem" => row("dynamodb:UpdateItem", &body["TableName"], &body["Key"]["pk"])?,
        "Query" => {
            let table = at(&body["TableName"])?;
            let index = body["IndexName"].as_str();
            let resource = index.map_or(Some(table), |index| table.index(index));
            let family = Some(family(&body["ExpressionAttributeValues"][":pk"]));
            Right { resource: resource.ok_or_else(unknown)?, action: "dynamodb:Query", family }
        }
        "GetSecretValue" | "PutSecretValue" => {
            let write = operation == "PutSecretValue";
            let action = if write {
                "secretsmanager:PutSecretValue"
            } else {
                "secretsmanager:GetSecretValue"
            };
            Right { resource: at(&body["SecretId"])?, action, family: None }
        }
        // A batch needs the same action.
        "SendMessage" | "SendMessageBatch" => {
            Right { resource: at(&body["QueueUrl"])?, action: "sqs:SendMessage", family: None }
        }
        "BatchGetItem" => {
            let tables = body["RequestItems"].as_object().into_iter().flatten();
            let keys = tables.flat_map(|(table, keys)| {
                let keys = keys["Keys"].as_array().into_iter().flatten();
                keys.map(move |key| (Value::from(table.as_str()), &key["pk"]))
            });
            return keys.map(|(table, pk)| row("dynamodb:BatchGetItem", &table, pk)).collect();
        }
        "TransactWriteItems" => {
            let steps = body["TransactItems"].as_array().into_iter().flatten();
            return steps
                .flat_map(|step| step.as_object().into_iter().flatten())
                .map(|(kind, step)| match kind.as_str() {
                    "Put" => row("dynamodb:PutItem", &step["TableName"], &step["Item"]["pk"]),
                    "Update" => row("dynamodb:UpdateItem", &step["TableName"], &step["Key"]["pk"]),
                    "Delete" => row("dynamodb:DeleteItem", &step["TableName"], &step["Key"]["pk"]),
                    "ConditionCheck" => {
                        row("dynamodb:ConditionCheckItem", &step["TableName"], &step["Key"]["pk"])
                    }
                    _ => Err(unknown()),
                })
                .collect();
        }
        _ => return Err(unknown()),
    };
    Ok(BTreeSet::from([right]))
}

/// Returns the right that a request to S3 needs. All requests that write a file in parts need one
/// action, and reading the size of a file needs the action that reads the file.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html>
pub fn requested_file_right(operation: &str, key: &str) -> Result<Right, UnknownRequest> {
    let action = match operation {
        "CreateMultipartUpload" | "UploadPart" | "CompleteMultipartUpload" | "PutObject" => {
            "s3:PutObject"
        }
        "HeadObject" | "GetObject" => "s3:GetObject",
        _ => return Err(UnknownRequest(operation.to_owned())),
    };
    let family = key.split('/').next().unwrap_or_default().to_owned();
    Ok(Right { resource: AwsResource::Files, action, family: Some(family) })
}

/// A request that no function of the bundle sends.
#[derive(Debug, thiserror::Error)]
#[error("no function of the bundle sends the request {0}")]
pub struct UnknownRequest(String);

/// Returns `ACCESS` for `{"S": "ACCESS#acc_..."}`.
fn family(pk: &Value) -> String {
    let pk = pk["S"].as_str().unwrap_or_default();
    pk.split('#').next().unwrap_or_default().to_owned()
}
