//! Rules for functions: runtime, triggers, environment, and where their failures go.

use std::collections::BTreeMap;

use catalogue::Trigger;
use queue::Lane;
use serde_json::Value;

use super::deployment::{DeployedFunction, Deployment, on_failure};
use super::findings::Findings;
use super::template::{Resource, referred, texts};

/// Most functions of the live lane that one slow endpoint can hold (docs/adr/0012).
const SLOW_ENDPOINT_MAX: u64 = 60;
/// Seconds between two runs of a job.
const JOB_SECONDS_MAX: u64 = 60;
const SOURCE: &str = "AWS::Lambda::EventSourceMapping";

/// Checks that the templates have each function of the bundle once, and no others.
pub(super) fn functions(deployment: &Deployment<'_>, findings: &mut Findings) {
    let mut handlers = BTreeMap::new();
    for resource in deployment.resources("AWS::Lambda::Function") {
        let handler = resource.property("Handler").as_str().unwrap_or_default();
        let declared = deployment
            .functions
            .iter()
            .any(|function| handler.split_once('.') == Some((function.domain, function.name)));
        if !declared || handlers.insert(handler, resource).is_some() {
            findings.at(
                resource,
                "Handler must be <domain>.<function>, and no other function may have it",
            );
        }
    }
    for function in deployment.functions {
        let handler = format!("{}.{}", function.domain, function.name);
        if !handlers.contains_key(handler.as_str()) {
            findings.on(
                "template.yaml",
                function.domain,
                format!("no function has the handler {handler}"),
            );
        }
    }
}

/// Checks the runtime and the processor that the binaries are built for.
pub(super) fn runtime(deployment: &Deployment<'_>, findings: &mut Findings) {
    for function in deployment.resources("AWS::Lambda::Function") {
        let arm = texts(function.property("Architectures")) == ["arm64"];
        if function.property("Runtime") != "provided.al2023" || !arm {
            findings.at(function, "Runtime must be provided.al2023 and Architectures [arm64]");
        }
    }
}

/// Checks that the trigger of each function is the one in the catalogue. Commands of the operator
/// have none.
pub(super) fn triggers(deployment: &Deployment<'_>, findings: &mut Findings) {
    for DeployedFunction { resource, function } in deployment.placed() {
        let integrations =
            deployment.of(resource, "AWS::ApiGatewayV2::Integration", "IntegrationUri").count();
        let rules = rules(resource).count();
        let sources: Vec<_> = deployment.of(resource, SOURCE, "FunctionName").collect();
        let read = sources
            .first()
            .and_then(|source| deployment.find(source.template, source.property("EventSourceArn")));
        let reads = |id: &str| sources.len() == 1 && read.is_some_and(|read| read.id == id);
        let fits = match function.trigger {
            Trigger::Request(_) => integrations == 1 && rules == 0 && sources.is_empty(),
            Trigger::Minute => integrations == 0 && rules == 1 && sources.is_empty(),
            Trigger::Stream => integrations == 0 && rules == 0 && reads("MainTable"),
            Trigger::Queue(lane) => {
                let queue = match lane {
                    Lane::Live => "LiveQueue",
                    Lane::Retry => "RetryQueue",
                    Lane::Orders => "OrdersQueue",
                    Lane::Exports => "ExportsQueue",
                    Lane::Uploads => "UploadsQueue",
                };
                integrations == 0 && rules == 0 && reads(queue)
            }
            Trigger::Operator => integrations == 0 && rules == 0 && sources.is_empty(),
        };
        if !fits {
            findings.at(resource, "its trigger differs from the catalogue");
        }
    }
}

/// Returns the rules of the schedule that start the function.
fn rules(function: Resource<'_>) -> impl Iterator<Item = Resource<'_>> {
    let all = function.template.resources().filter(|rule| rule.is("AWS::Events::Rule"));
    all.filter(move |rule| {
        let targets = rule.property("Targets").as_array().into_iter().flatten();
        targets.into_iter().any(|target| referred(&target["Arn"]) == Some(function.id))
    })
}

/// Checks the variables of each function. A function has the name of a secret if it may read or
/// renew the secret, and only then; the same holds for the bucket. Functions that are not called
/// over HTTP have the URLs of all lanes, because `worker` reads them all, and a URL gives no right.
pub(super) fn environment(deployment: &Deployment<'_>, findings: &mut Findings) {
    for DeployedFunction { resource, function } in deployment.placed() {
        let empty = serde_json::Map::new();
        let variables = &resource.property("Environment")["Variables"];
        let called = matches!(function.trigger, Trigger::Request(_) | Trigger::Operator);
        let secret = |id| {
            let statements = deployment.rights(resource).into_iter();
            let mut of_secrets = statements.filter(|statement| {
                texts(&statement["Action"])
                    .iter()
                    .any(|action| action.starts_with("secretsmanager:"))
            });
            let to = |found: Option<Resource<'_>>| found.is_some_and(|found| found.id == id);
            of_secrets.any(|of| to(deployment.find(resource.template, &of["Resource"])))
        };
        let of_files = deployment.rights(resource).into_iter().any(|statement| {
            texts(&statement["Action"]).iter().any(|action| action.starts_with("s3:"))
        });
        let expected = [
            ("TABLE_NAME", true),
            ("DELIVERIES_TABLE_NAME", true),
            ("STAGE", true),
            ("LOG_LEVEL", true),
            ("PUBLIC_URL", matches!(function.trigger, Trigger::Request(_))),
            ("PEPPER_SECRET_ID", secret("Pepper")),
            ("SIGNING_SECRET_ID", secret("Signing")),
            ("RECEIPT_SIGNING_SECRET_ID", secret("ReceiptSigning")),
            ("FILES_BUCKET", of_files),
            ("LIVE_QUEUE_URL", !called),
            ("RETRY_QUEUE_URL", !called),
            ("ORDERS_QUEUE_URL", !called),
            ("EXPORTS_QUEUE_URL", !called),
            ("UPLOADS_QUEUE_URL", !called),
            ("SCANNER_ADDRESS", matches!(function.trigger, Trigger::Queue(Lane::Uploads))),
        ];
        for (name, used) in expected {
            match (used, variables[name].is_null()) {
                (true, true) => findings.at(resource, format!("its Environment needs {name}")),
                (false, false) => {
                    findings.at(resource, format!("its Environment must not have {name}"))
                }
                _ => {}
            }
        }
        for name in variables.as_object().unwrap_or(&empty).keys() {
            if !expected.iter().any(|(expected, _)| expected == name) {
                findings.at(resource, format!("no function reads {name}"));
            }
        }
    }
}

/// Checks that each name of a secret or bucket names the right resource.
pub(super) fn resources_by_name(deployment: &Deployment<'_>, findings: &mut Findings) {
    for DeployedFunction { resource, .. } in deployment.placed() {
        let variables = &resource.property("Environment")["Variables"];
        for (name, id) in [
            ("PEPPER_SECRET_ID", "Pepper"),
            ("SIGNING_SECRET_ID", "Signing"),
            ("RECEIPT_SIGNING_SECRET_ID", "ReceiptSigning"),
            ("FILES_BUCKET", "FilesBucket"),
        ] {
            let value = &variables[name];
            let found = deployment.find(resource.template, value);
            if !value.is_null() && found.is_none_or(|found| found.id != id) {
                findings.at(resource, format!("{name} must name {id}"));
            }
        }
    }
}

fn names_item_failures(source: Resource<'_>) -> bool {
    texts(source.property("FunctionResponseTypes")).contains(&"ReportBatchItemFailures")
}

fn sources<'a>(
    deployment: &'a Deployment<'_>,
    kind: &'static str,
) -> impl Iterator<Item = (Resource<'a>, Resource<'a>)> {
    deployment.resources(SOURCE).filter_map(move |source| {
        let read = deployment.find(source.template, source.property("EventSourceArn"))?;
        read.is(kind).then_some((source, read))
    })
}

fn within(value: &Value, least: u64, most: u64) -> bool {
    value.as_u64().is_some_and(|value| (least..=most).contains(&value))
}

fn is_queue(found: Option<Resource<'_>>) -> bool {
    found.is_some_and(|found| found.is("AWS::SQS::Queue"))
}

/// Checks the retries of the stream. By default Lambda retries a record that fails for a day, and
/// its shard stops.
/// <https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html>
pub(super) fn stream_sources(deployment: &Deployment<'_>, findings: &mut Findings) {
    for (source, _) in sources(deployment, "AWS::DynamoDB::Table") {
        let bounded = within(source.property("MaximumRetryAttempts"), 1, 10)
            && within(source.property("MaximumRecordAgeInSeconds"), 60, 3_600);
        let halves = *source.property("BisectBatchOnFunctionError") == true;
        if !bounded || !halves || !names_item_failures(source) {
            findings
                .at(source, "bisect, report failures by item, and limit retries and record age");
        }
        if !is_queue(deployment.find(source.template, on_failure(source))) {
            findings.at(source, "DestinationConfig.OnFailure must name a queue");
        }
    }
}

/// Checks the event sources of queues. One failed message must not repeat nine that were sent, and
/// one slow endpoint must not hold every function of a lane.
pub(super) fn queue_sources(deployment: &Deployment<'_>, findings: &mut Findings) {
    for (source, queue) in sources(deployment, "AWS::SQS::Queue") {
        let least = if queue.id == "LiveQueue" { SLOW_ENDPOINT_MAX + 1 } else { 2 };
        let max_concurrency = &source.property("ScalingConfig")["MaximumConcurrency"];
        if !names_item_failures(source) || !within(max_concurrency, least, 1_000) {
            let advice = format!("report failures by item; MaximumConcurrency is {least} or more");
            findings.at(source, advice);
        }
    }
}

/// Checks the rights that Lambda uses in the function's name, to read a source and to send
/// failures. The deployment fails without them.
pub(super) fn sources_are_readable(deployment: &Deployment<'_>, findings: &mut Findings) {
    const STREAM: [&str; 4] = [
        "dynamodb:DescribeStream",
        "dynamodb:GetRecords",
        "dynamodb:GetShardIterator",
        "dynamodb:ListStreams",
    ];
    const QUEUE: [&str; 3] = ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"];
    for DeployedFunction { resource, .. } in deployment.placed() {
        let sources = deployment.of(resource, SOURCE, "FunctionName");
        let settings = deployment.of(resource, "AWS::Lambda::EventInvokeConfig", "FunctionName");
        for source in sources.chain(settings) {
            let read = source.property("EventSourceArn");
            let queue = is_queue(deployment.find(source.template, read));
            let of_source: &[&str] = if queue { &QUEUE } else { &STREAM };
            let send: &[&str] = &["sqs:SendMessage"];
            for (to, actions) in [(read, of_source), (on_failure(source), send)] {
                let Some(found) = deployment.find(source.template, to) else { continue };
                let may = |action: &&str| {
                    deployment.rights(resource).into_iter().any(|statement| {
                        texts(&statement["Action"]).contains(action)
                            && deployment.same(resource.template, &statement["Resource"], found)
                    })
                };
                if !actions.iter().all(may) {
                    let advice = format!("its role needs {} on {}", actions.join(", "), found.id);
                    findings.at(resource, advice);
                }
            }
        }
    }
}

/// Checks that a message is hidden for six times the longest run, so that it is not received again
/// while a function processes it.
/// <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html>
pub(super) fn queue_timings(deployment: &Deployment<'_>, findings: &mut Findings) {
    for (source, queue) in sources(deployment, "AWS::SQS::Queue") {
        let function = deployment.find(source.template, source.property("FunctionName"));
        let seconds =
            function.and_then(|function| function.property("Timeout").as_u64()).unwrap_or(u64::MAX);
        let hidden = queue.property("VisibilityTimeout").as_u64().unwrap_or_default();
        if hidden < seconds.saturating_mul(6) {
            findings.at(queue, "VisibilityTimeout must be six times the Timeout of its reader");
        }
    }
}

/// Checks the schedule of each job. By default Lambda retries a failed run for six hours, beside
/// the runs of those hours.
/// <https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html>
pub(super) fn schedules(deployment: &Deployment<'_>, findings: &mut Findings) {
    for DeployedFunction { resource, function } in deployment.placed() {
        if !matches!(function.trigger, Trigger::Minute) {
            continue;
        }
        let mut rules = rules(resource);
        let rule = rules.find(|rule| rule.property("State") == "ENABLED");
        let every_minute =
            rule.is_some_and(|rule| rule.property("ScheduleExpression") == "rate(1 minute)");
        let mut permissions = deployment.of(resource, "AWS::Lambda::Permission", "FunctionName");
        let admitted = permissions.any(|permission| {
            permission.property("Principal") == "events.amazonaws.com"
                && referred(permission.property("SourceArn")) == rule.map(|rule| rule.id)
        });
        if !every_minute || !admitted {
            findings.at(resource, "an enabled rule must start it every minute, with a permission");
        }
        if !within(resource.property("Timeout"), 1, JOB_SECONDS_MAX - 1) {
            findings.at(resource, "Timeout must be below a minute, or runs overlap");
        }
        let mut settings =
            deployment.of(resource, "AWS::Lambda::EventInvokeConfig", "FunctionName");
        let bounded = settings.next().is_some_and(|settings| {
            within(settings.property("MaximumRetryAttempts"), 0, 2)
                && within(settings.property("MaximumEventAgeInSeconds"), 60, 300)
                && is_queue(deployment.find(settings.template, on_failure(settings)))
        });
        if !bounded {
            findings
                .at(resource, "EventInvokeConfig must limit retries and age, and have OnFailure");
        }
    }
}
