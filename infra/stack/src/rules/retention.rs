//! Rules for stored data: tables, queues, files, secrets, log lines.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use store::table;

use super::deployment::Deployment;
use super::findings::Findings;
use super::template::{Resource, list, referred, texts};

const QUEUE: &str = "AWS::SQS::Queue";
const TABLE: &str = "AWS::DynamoDB::Table";

/// Checks that no single command deletes a table, and that the last 35 days can be restored. The
/// tables hold the books.
pub(super) fn tables_are_kept(deployment: &Deployment<'_>, findings: &mut Findings) {
    for table in deployment.resources(TABLE) {
        let recovery = table.property("PointInTimeRecoverySpecification");
        if *table.property("DeletionProtectionEnabled") != true || !table.is_retained() {
            findings.at(table, "protect it from deletion, and retain it in both policies");
        }
        if recovery["PointInTimeRecoveryEnabled"] != true {
            findings.at(table, "enable point-in-time recovery");
        }
    }
}

/// Checks that tables are on demand: idle tables cost nothing, and no capacity is planned.
pub(super) fn tables_on_demand(deployment: &Deployment<'_>, findings: &mut Findings) {
    for table in deployment.resources(TABLE) {
        if table.property("BillingMode") != "PAY_PER_REQUEST" {
            findings.at(table, "BillingMode must be PAY_PER_REQUEST");
        }
    }
}

fn key_schema((hash, range): (&str, &str)) -> Value {
    json!([
        {"AttributeName": hash, "KeyType": "HASH"},
        {"AttributeName": range, "KeyType": "RANGE"},
    ])
}

/// Checks that keys and indexes are those of `store`, which the tests run on.
pub(super) fn tables_as_the_store(deployment: &Deployment<'_>, findings: &mut Findings) {
    let index = |name, keys, projection| {
        json!({
            "IndexName": name,
            "KeySchema": key_schema(keys),
            "Projection": {"ProjectionType": projection},
        })
    };
    let indexes = json!([
        index(table::BY_STATUS, table::STATUS_KEYS, "ALL"),
        index(table::BY_DUE, table::DUE_KEYS, "KEYS_ONLY"),
    ]);
    let expiry = json!({"AttributeName": table::TTL, "Enabled": true});
    for table in deployment.resources(TABLE) {
        if *table.property("KeySchema") != key_schema((table::PK, table::SK))
            || *table.property("GlobalSecondaryIndexes") != indexes
        {
            findings.at(table, "keys and indexes must be those of shared/store/src/schema.rs");
        }
        if *table.property("TimeToLiveSpecification") != expiry {
            findings.at(table, format!("rows expire by the attribute {}", table::TTL));
        }
    }
}

/// Checks that the main table has a stream of new images, for the relay. The table of deliveries
/// has no stream, because no function reads one.
pub(super) fn streams(deployment: &Deployment<'_>, findings: &mut Findings) {
    for table in deployment.resources(TABLE) {
        let main = table.id == "MainTable";
        let view = json!({"StreamViewType": "NEW_IMAGE"});
        let expected = if main { view } else { Value::Null };
        if *table.property("StreamSpecification") != expected {
            findings.at(table, "only the main table must have a stream, of NEW_IMAGE");
        }
    }
}

/// Checks the dead-letter queue of each queue. Five receives outlast a short failure. A dead letter
/// must be kept longer than a message of the queue, because its age counts from when it was first
/// sent.
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html>
pub(super) fn dead_letters(deployment: &Deployment<'_>, findings: &mut Findings) {
    let days = |queue: Resource<'_>| queue.property("MessageRetentionPeriod").as_u64();
    for source in deployment.resources("AWS::Lambda::EventSourceMapping") {
        let read = deployment.find(source.template, source.property("EventSourceArn"));
        let Some(queue) = read.filter(|read| read.is(QUEUE)) else { continue };
        let redrive = queue.property("RedrivePolicy");
        let dead = deployment.find(queue.template, &redrive["deadLetterTargetArn"]);
        let longer = dead.is_some_and(|dead| dead.is(QUEUE) && days(dead) > days(queue));
        let patient = redrive["maxReceiveCount"].as_u64().is_some_and(|count| count >= 5);
        if !longer || !patient || days(queue).is_none() {
            let advice = "redrive after five receives or more, to a queue with a longer retention";
            findings.at(queue, advice);
        }
    }
}

/// Checks that queues are encrypted, because messages name customers' rows. The key is SQS's own,
/// because a customer-managed key costs a call for each batch.
pub(super) fn queue_encryption(deployment: &Deployment<'_>, findings: &mut Findings) {
    for queue in deployment.resources(QUEUE) {
        if *queue.property("SqsManagedSseEnabled") != true {
            findings.at(queue, "SqsManagedSseEnabled must be true");
        }
    }
}

/// Checks that queues and buckets refuse plain HTTP, which AWS accepts by default.
pub(super) fn tls_only(deployment: &Deployment<'_>, findings: &mut Findings) {
    let kinds = [
        (QUEUE, "AWS::SQS::QueuePolicy", "Queues", "sqs:*"),
        ("AWS::S3::Bucket", "AWS::S3::BucketPolicy", "Bucket", "s3:*"),
    ];
    for (kind, policy, property, all) in kinds {
        for resource in deployment.resources(kind) {
            let covers = |policy: Resource<'_>| {
                let named = list(policy.property(property)).into_iter();
                let mut named =
                    named.filter(|value| deployment.same(policy.template, value, resource));
                named.next().is_some()
                    && list(&policy.property("PolicyDocument")["Statement"])
                        .into_iter()
                        .any(|statement| refuses_plain_http(statement, resource, all))
            };
            if !deployment.resources(policy).any(covers) {
                findings.at(resource, format!("a {policy} must refuse {all} without TLS"));
            }
        }
    }
}

fn refuses_plain_http(statement: &Value, resource: Resource<'_>, all: &str) -> bool {
    let itself = format!("${{{}.Arn}}", resource.id);
    let covered = list(&statement["Resource"]).into_iter().any(|value| {
        referred(value) == Some(resource.id) || texts(value).iter().any(|arn| arn.contains(&itself))
    });
    covered
        && statement["Effect"] == "Deny"
        && statement["Principal"] == "*"
        && statement["Action"] == all
        && statement["Condition"] == json!({"Bool": {"aws:SecureTransport": "false"}})
}

/// Checks that the bucket of customers' files is private, encrypted, and kept if the stack is
/// deleted.
pub(super) fn buckets(deployment: &Deployment<'_>, findings: &mut Findings) {
    let blocks =
        ["BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"];
    for bucket in deployment.resources("AWS::S3::Bucket") {
        let block = bucket.property("PublicAccessBlockConfiguration");
        let encryption = bucket.property("BucketEncryption");
        let lifecycle = &bucket.property("LifecycleConfiguration")["Rules"];
        let enabled = list(lifecycle).into_iter().any(|rule| rule["Status"] == "Enabled");
        if blocks.iter().any(|name| block[name] != true) {
            findings.at(bucket, "block public access with all four settings");
        }
        if texts(encryption).is_empty() || !enabled || !bucket.is_retained() {
            findings.at(bucket, "encrypt it, give it a lifecycle, and retain it in both policies");
        }
    }
}

/// Checks that AWS generates the first version of a secret, so that no person sees it, and that the
/// secret is kept, because the rows hashed or sealed under it need it.
pub(super) fn secrets(deployment: &Deployment<'_>, findings: &mut Findings) {
    for secret in deployment.resources("AWS::SecretsManager::Secret") {
        let long = &secret.property("GenerateSecretString")["PasswordLength"];
        let generated = long.as_u64().is_some_and(|length| length >= 43);
        if !generated || !secret.property("SecretString").is_null() || !secret.is_retained() {
            findings.at(secret, "let it be generated, 43 characters or more, and retain it");
        }
    }
}

/// Checks the retention of log groups. A group that Lambda or a gateway creates is kept for ever.
pub(super) fn log_retention(deployment: &Deployment<'_>, findings: &mut Findings) {
    for group in deployment.resources("AWS::Logs::LogGroup") {
        let days = group.property("RetentionInDays");
        let given = referred(days).map(|name| {
            let given = deployment.given(group.template, name).and_then(referred);
            &deployment.root.section("Parameters")[given.unwrap_or(name)]["AllowedValues"]
        });
        let numbers = |allowed| {
            let values = texts(allowed);
            !values.is_empty() && values.iter().all(|value| value.parse::<u32>().is_ok())
        };
        if !given.map_or(days.is_u64(), numbers) {
            findings
                .at(group, "RetentionInDays must be a number, or a parameter of allowed numbers");
        }
    }
}

/// Checks that each function writes into a log group that no other function has.
pub(super) fn own_logs(deployment: &Deployment<'_>, findings: &mut Findings) {
    let mut groups = BTreeMap::new();
    for function in deployment.resources("AWS::Lambda::Function") {
        let name = function.property("LoggingConfig")["LogGroup"].clone();
        let group = deployment.find(function.template, &name);
        let group = group.filter(|group| group.is("AWS::Logs::LogGroup"));
        let Some(group) = group else {
            findings.at(function, "LoggingConfig must name a log group of this template");
            continue;
        };
        let resource = (group.template.name.as_str(), group.id);
        if groups.insert(resource, function.id).is_some() {
            findings.at(function, format!("{} is the log group of another function too", group.id));
        }
        let writes = deployment.rights(function).into_iter().any(|statement| {
            texts(&statement["Action"]).contains(&"logs:PutLogEvents")
                && deployment.same(function.template, &statement["Resource"], group)
        });
        if !writes {
            findings.at(function, format!("its role must write into {}", group.id));
        }
    }
}
