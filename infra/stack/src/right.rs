//! One thing a function may do: an IAM action at a place, and for rows which family of partition.

use std::collections::BTreeSet;
use std::fmt;

use serde_json::Value;

/// An action of IAM, as `dynamodb:PutItem`.
pub type IamAction = &'static str;

/// What an action is done to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AwsResource {
    /// The main table.
    Main,
    /// Its index of charges by status.
    MainByStatus,
    /// Its index of what is due.
    MainByDue,
    /// The table of deliveries.
    Deliveries,
    /// Its index of what is not delivered.
    DeliveriesByStatus,
    /// Its index of what is due.
    DeliveriesByDue,
    /// The secret with the pepper.
    Pepper,
    /// The secret that signing secrets are sealed under.
    Signing,
    /// The queue of first attempts.
    Live,
    /// The queue of everything else.
    Retry,
    /// The queue of payouts whose network is to be spoken to.
    Orders,
    /// The queue of statements to be written.
    Exports,
    /// The bucket of files.
    Files,
}

/// One right, or one use of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Right {
    /// Where.
    pub resource: AwsResource,
    /// What.
    pub action: IamAction,
    /// Of rows the part of the partition key before `#`, of files that of the key before the first `/`;
    /// none where there are neither.
    pub family: Option<String>,
}

impl fmt::Display for Right {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} on {:?}", self.action, self.resource)?;
        let end = if self.resource == AwsResource::Files { "/*" } else { "#*" };
        self.family.iter().try_for_each(|family| write!(f, " {family}{end}"))
    }
}

impl AwsResource {
    /// The index of this name on the table.
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

/// The rights that a request to AWS asks for: `target` as its header says it
/// (`DynamoDB_20120810.PutItem`), `resource` from the name of a table, secret or queue. A transaction is
/// no action of its own: each of its steps is asked for by itself.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html>
pub fn asked_for(
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
        // A batch is governed by the same action.
        "SendMessage" | "SendMessageBatch" => {
            Right { resource: at(&body["QueueUrl"])?, action: "sqs:SendMessage", family: None }
        }
        "BatchGetItem" => {
            let tables = body["RequestItems"].as_object().into_iter().flatten();
            let keys = tables.flat_map(|(table, asked)| {
                let keys = asked["Keys"].as_array().into_iter().flatten();
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

/// The right that a request to S3 asks for. All that makes a file in parts is one action, and a file's
/// size is asked under the action that reads it.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html>
pub fn asked_of_files(operation: &str, key: &str) -> Result<Right, UnknownRequest> {
    let action = match operation {
        "CreateMultipartUpload" | "UploadPart" | "CompleteMultipartUpload" => "s3:PutObject",
        "HeadObject" | "GetObject" => "s3:GetObject",
        _ => return Err(UnknownRequest(operation.to_owned())),
    };
    let family = key.split('/').next().unwrap_or_default().to_owned();
    Ok(Right { resource: AwsResource::Files, action, family: Some(family) })
}

/// A request that no function of ours sends.
#[derive(Debug, thiserror::Error)]
#[error("{0} is no request that a function of ours sends")]
pub struct UnknownRequest(String);

/// `ACCESS` of `{"S": "ACCESS#acc_..."}`.
fn family(pk: &Value) -> String {
    let pk = pk["S"].as_str().unwrap_or_default();
    pk.split('#').next().unwrap_or_default().to_owned()
}
