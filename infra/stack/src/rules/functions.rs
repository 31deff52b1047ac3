//! The functions: what runs, what starts it, what it is given, and where its failures go.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Findings;
use super::deployment::{DeployedFunction, Deployment, on_failure};
use super::template::{Resource, referred, texts};
use crate::function::Trigger;
use crate::right::AwsResource;

/// One slow endpoint holds so many functions of the live lane at most (docs/adr/0012).
const SLOW_ENDPOINT_MAX: u64 = 80;
/// Runs of a job start a minute apart.
const JOB_SECONDS_MAX: u64 = 60;
const SOURCE: &str = "AWS::Lambda::EventSourceMapping";

/// The templates have the functions of the bundle, each once, and no others.
pub(super) fn functions(deployment: &Deployment<'_>, findings: &mut Findings) {
    let mut handlers = BTreeMap::new();
    for resource in deployment.resources("AWS::Lambda::Function") {
        let handler = resource.property("Handler").as_str().unwrap_or_default();
        let known = deployment
            .functions
            .iter()
            .any(|function| handler.split_once('.') == Some((function.domain, function.name)));
        if !known || handlers.insert(handler, resource).is_some() {
            findings.at(resource, "Handler must be <domain>.<operation>, of one function alone");
        }
    }
    for function in deployment.functions {
        let handler = format!("{}.{}", function.domain, function.name);
        if !handlers.contains_key(handler.as_str()) {
            findings.on("template.yaml", function.domain, format!("no function has {handler}"));
        }
    }
}

/// What the binaries are built for.
pub(super) fn runtime(deployment: &Deployment<'_>, findings: &mut Findings) {
    for function in deployment.resources("AWS::Lambda::Function") {
        let arm = texts(function.property("Architectures")) == ["arm64"];
        if function.property("Runtime") != "provided.al2023" || !arm {
            findings.at(function, "Runtime is provided.al2023, Architectures is [arm64]");
        }
    }
}

/// What starts a function is what the code says starts it; nothing starts an operator's.
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
            Trigger::Stream(_) => integrations == 0 && rules == 0 && reads("MainTable"),
            Trigger::Queue(resource) => {
                let queue = match resource {
                    AwsResource::Live => "LiveQueue",
                    AwsResource::Orders => "OrdersQueue",
                    AwsResource::Exports => "ExportsQueue",
                    _ => "RetryQueue",
                };
                integrations == 0 && rules == 0 && reads(queue)
            }
            Trigger::Operator => integrations == 0 && rules == 0 && sources.is_empty(),
        };
        if !fits {
            findings
                .at(resource, "it is started by something else than the code says, or by nothing");
        }
    }
}

/// Rules of the schedule that start it.
fn rules(function: Resource<'_>) -> impl Iterator<Item = Resource<'_>> {
    let all = function.template.resources().filter(|rule| rule.is("AWS::Events::Rule"));
    all.filter(move |rule| {
        let targets = rule.property("Targets").as_array().into_iter().flatten();
        targets.into_iter().any(|target| referred(&target["Arn"]) == Some(function.id))
    })
}

/// A secret's name is given to who may read or renew it and to nobody else, and neither gets the
/// right without the name; so is that of the bucket. The addresses of the lanes are given to all that
/// nobody calls over HTTP: `worker` asks for them all, and an address permits nothing.
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
        let wanted = [
            ("TABLE_NAME", true),
            ("DELIVERIES_TABLE_NAME", true),
            ("STAGE", true),
            ("LOG_LEVEL", true),
            ("PUBLIC_URL", matches!(function.trigger, Trigger::Request(_))),
            ("PEPPER_SECRET_ID", secret("Pepper")),
            ("SIGNING_SECRET_ID", secret("Signing")),
            ("FILES_BUCKET", of_files),
            ("LIVE_QUEUE_URL", !called),
            ("RETRY_QUEUE_URL", !called),
            ("ORDERS_QUEUE_URL", !called),
            ("EXPORTS_QUEUE_URL", !called),
        ];
        for (name, used) in wanted {
            match (used, variables[name].is_null()) {
                (true, true) => {
                    findings.at(resource, format!("it cannot do its work without {name}"))
                }
                (false, false) => findings.at(resource, format!("it can do nothing with {name}")),
                _ => {}
            }
        }
        for name in variables.as_object().unwrap_or(&empty).keys() {
            if !wanted.iter().any(|(known, _)| known == name) {
                findings.at(resource, format!("no function reads {name}"));
            }
        }
    }
}

/// The name of a secret is the secret's, not another's, and that of the bucket the bucket's.
pub(super) fn resources_by_name(deployment: &Deployment<'_>, findings: &mut Findings) {
    for DeployedFunction { resource, .. } in deployment.placed() {
        let variables = &resource.property("Environment")["Variables"];
        for (name, id) in [
            ("PEPPER_SECRET_ID", "Pepper"),
            ("SIGNING_SECRET_ID", "Signing"),
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

/// By default a record that cannot be read is tried for a day, and its shard stands still.
/// <https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html>
pub(super) fn stream_sources(deployment: &Deployment<'_>, findings: &mut Findings) {
    for (source, _) in sources(deployment, "AWS::DynamoDB::Table") {
        let bounded = within(source.property("MaximumRetryAttempts"), 1, 10)
            && within(source.property("MaximumRecordAgeInSeconds"), 60, 3_600);
        let halves = *source.property("BisectBatchOnFunctionError") == true;
        if !bounded || !halves || !names_item_failures(source) {
            findings
                .at(source, "bisect, report failures by item, and bound retries and record age");
        }
        if !is_queue(deployment.find(source.template, on_failure(source))) {
            findings.at(source, "put aside what it gives up on: DestinationConfig.OnFailure");
        }
    }
}

/// One message that fails must not bring back nine that were sent, and one slow endpoint must not
/// hold every function of a lane.
pub(super) fn queue_sources(deployment: &Deployment<'_>, findings: &mut Findings) {
    for (source, queue) in sources(deployment, "AWS::SQS::Queue") {
        let least = if queue.id == "LiveQueue" { SLOW_ENDPOINT_MAX + 1 } else { 2 };
        let at_once = &source.property("ScalingConfig")["MaximumConcurrency"];
        if !names_item_failures(source) || !within(at_once, least, 1_000) {
            let advice = format!("report failures by item; MaximumConcurrency is {least} or more");
            findings.at(source, advice);
        }
    }
}

/// Lambda reads sources and puts aside failures in the function's name; the deployment fails if its
/// role does not let it.
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

/// Six times the longest run, so that a message is not read again while it is worked on.
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

/// By default Lambda tries a failed run again for six hours, beside the runs of those hours.
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
            findings.at(resource, "an enabled rule must start it each minute, and be permitted to");
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
                .at(resource, "EventInvokeConfig must bound retries and age, and have OnFailure");
        }
    }
}
