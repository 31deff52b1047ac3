//! The nested stacks: one template for each domain.

use std::collections::{BTreeMap, BTreeSet};

use catalogue::{STREAM_FILTERS, Trigger};
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior};
use queue::Lane;
use serde::Serialize;

use crate::function::Function;
use crate::right::{AwsResource, IamAction, Right};
use crate::severity::Severity;

const DOMAIN: &str = include_str!("domain.yaml.jinja");

/// Concurrent functions of the live lane: more than the fifty fastest endpoints keep busy
/// (docs/adr/0012), so that a slow endpoint delays none of them.
const LIVE_CONCURRENCY_MAX: u32 = 200;
/// Concurrent functions of the retry lane: with batches of five, half as many attempts as the live lane.
const RETRY_CONCURRENCY_MAX: u32 = 200;
/// Concurrent functions of the orders lane. A network usually answers within a second, so this is a
/// thousand payouts or more in one second.
const ORDERS_CONCURRENCY_MAX: u32 = 100;
/// Concurrent functions that write files. A file usually takes at most a minute, and each function
/// reads as fast as one partition allows.
const EXPORTS_CONCURRENCY_MAX: u32 = 20;
/// Concurrent functions that inspect uploads. A file usually takes a second, and each function has much memory.
const UPLOADS_CONCURRENCY_MAX: u32 = 10;
/// All parameters of the nested stacks: name, description, and the value from the root.
pub(crate) const PARAMETERS: [Parameter; 28] = [
    parameter("Prefix", "Start of the name of every function", "!Ref AWS::StackName"),
    parameter("Stage", "sandbox or live", "!Ref Stage"),
    parameter("LogLevel", "info, warn or error", "!Ref LogLevel"),
    parameter("LogRetentionDays", "Days to keep log lines", "!Ref LogRetentionDays"),
    parameter(
        "PublicUrl",
        "URL of the API for callers; the gateway's own host if empty",
        "!If [HasDomain, !Sub \"https://${DomainName}\", \"\"]",
    ),
    parameter("ApiId", "The HTTP API", "!Ref Api"),
    parameter("MainTable", "Name of the main table", "!Ref MainTable"),
    parameter("MainTableStreamArn", "The stream of the main table", "!GetAtt MainTable.StreamArn"),
    parameter(
        "StreamParallelism",
        "Batches of a shard of the stream that run at the same time",
        "!Ref StreamParallelism",
    ),
    parameter("DeliveriesTable", "Name of the table of deliveries", "!Ref DeliveriesTable"),
    parameter("PepperArn", "The secret with the pepper", "!GetAtt Pepper.Id"),
    parameter(
        "SigningArn",
        "The secret that signing secrets are sealed under",
        "!GetAtt Signing.Id",
    ),
    parameter("ReceiptSigningArn", "The secret that signs receipts", "!GetAtt ReceiptSigning.Id"),
    parameter("LiveQueueUrl", "Queue of first attempts", "!Ref LiveQueue"),
    parameter("LiveQueueArn", "Queue of first attempts", "!GetAtt LiveQueue.Arn"),
    parameter("RetryQueueUrl", "Queue of all later attempts", "!Ref RetryQueue"),
    parameter("RetryQueueArn", "Queue of all later attempts", "!GetAtt RetryQueue.Arn"),
    parameter("OrdersQueueUrl", "Queue of payouts and refunds to submit", "!Ref OrdersQueue"),
    parameter(
        "OrdersQueueArn",
        "Queue of payouts and refunds to submit",
        "!GetAtt OrdersQueue.Arn",
    ),
    parameter("ExportsQueueUrl", "Queue of statements to write", "!Ref ExportsQueue"),
    parameter("ExportsQueueArn", "Queue of statements to write", "!GetAtt ExportsQueue.Arn"),
    parameter("UploadsQueueUrl", "Queue of uploaded files", "!Ref UploadsQueue"),
    parameter("UploadsQueueArn", "Queue of uploaded files", "!GetAtt UploadsQueue.Arn"),
    parameter("ScannerAddress", "Address of clamd; no scan if empty", "!Ref ScannerAddress"),
    parameter("FilesBucket", "The bucket of files", "!Ref FilesBucket"),
    parameter(
        "StreamDeadQueueArn",
        "Dead-letter queue of the stream",
        "!GetAtt StreamDeadQueue.Arn",
    ),
    parameter("JobsDeadQueueArn", "Dead-letter queue of the schedule", "!GetAtt JobsDeadQueue.Arn"),
    parameter("AlarmTopicArn", "Topic of alarms", "!Ref AlarmTopic"),
];

#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Parameter {
    pub(crate) name: &'static str,
    description: &'static str,
    pub(crate) given: &'static str,
}

const fn parameter(
    name: &'static str,
    description: &'static str,
    given: &'static str,
) -> Parameter {
    Parameter { name, description, given }
}

/// Returns the template of a domain.
pub(crate) fn render_domain(domain: &str, functions: &[Function]) -> String {
    let own = functions.iter().filter(|function| function.domain == domain);
    let blocks: Vec<_> = own.map(FunctionBlock::of).collect();
    let outputs: Vec<_> = blocks.iter().filter(|block| block.output).collect();
    let page = |parameters: &[Parameter]| {
        fill(DOMAIN, DomainTemplate { domain, parameters, functions: &blocks, outputs: &outputs })
    };
    // A template declares only the parameters that it uses.
    let body = page(&[]);
    let used = PARAMETERS.iter().filter(|parameter| {
        let name = parameter.name;
        let uses = [format!("!Ref {name}\n"), format!("!Ref {name}]"), format!("${{{name}}}")];
        uses.iter().any(|used| body.contains(used.as_str()))
    });
    page(&used.copied().collect::<Vec<_>>())
}

pub(crate) fn fill(template: &str, page: impl Serialize) -> String {
    let syntax = SyntaxConfig::builder().keep_trailing_newline(true).build();
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_syntax(syntax.expect("the usual delimiters"));
    let filled = environment.render_str(template, Serde(page));
    filled.unwrap_or_else(|error| panic!("a template of infra/stack: {error}"))
}

#[derive(Serialize)]
struct DomainTemplate<'a> {
    domain: &'a str,
    parameters: &'a [Parameter],
    functions: &'a [FunctionBlock],
    outputs: &'a [&'a FunctionBlock],
}

#[derive(Serialize)]
struct FunctionBlock {
    name: &'static str,
    logical: String,
    summary: &'static str,
    memory: u32,
    seconds: u32,
    max_concurrency: Option<u32>,
    variables: Vec<Variable>,
    statements: Vec<PolicyStatement>,
    requests: Vec<Request>,
    minute: bool,
    /// Filters of the stream.
    stream: Option<[&'static str; STREAM_FILTERS.len()]>,
    queue: Option<Queue>,
    alarms: Vec<FunctionAlarm>,
    output: bool,
}

#[derive(Serialize)]
struct Request {
    /// Name of the route, not of its function, so that a function can be renamed. CloudFormation
    /// would refuse a second resource for the same route while the first exists.
    logical: String,
    /// Tells the permission of a second route from that of the first.
    permission: &'static str,
    route_key: String,
    method: String,
    path: &'static str,
}

#[derive(Serialize)]
struct Queue {
    parameter: &'static str,
    max_concurrency: u32,
    /// Messages of a batch.
    batch: u8,
}

impl Queue {
    fn of(lane: Lane) -> Self {
        let (parameter, max_concurrency) = match lane {
            Lane::Live => ("LiveQueueArn", LIVE_CONCURRENCY_MAX),
            Lane::Retry => ("RetryQueueArn", RETRY_CONCURRENCY_MAX),
            Lane::Orders => ("OrdersQueueArn", ORDERS_CONCURRENCY_MAX),
            Lane::Exports => ("ExportsQueueArn", EXPORTS_CONCURRENCY_MAX),
            Lane::Uploads => ("UploadsQueueArn", UPLOADS_CONCURRENCY_MAX),
        };
        Self { parameter, max_concurrency, batch: lane.batch_max() }
    }
}

#[derive(Serialize)]
struct Variable {
    name: &'static str,
    value: &'static str,
}

#[derive(Serialize, Clone)]
struct PolicyStatement {
    actions: BTreeSet<IamAction>,
    resource: String,
    keys: BTreeSet<String>,
}

/// An alarm on a function that is not behind the gateway. The alarms of the API watch the others,
/// because a failed, throttled or slow function is an answer of the API (docs/adr/0013).
#[derive(Serialize)]
struct FunctionAlarm {
    logical: &'static str,
    name: &'static str,
    anchor: &'static str,
    severity: Severity,
    description: &'static str,
    metric: &'static str,
    statistic: &'static str,
    period: u32,
    periods: u32,
    threshold: u32,
    comparison: &'static str,
    missing: &'static str,
}

impl FunctionBlock {
    fn of(function: &Function) -> Self {
        let requests = match function.trigger {
            Trigger::Request(operation) => operation
                .methods()
                .map(|method| Request {
                    logical: route_name(method.as_str(), operation.path),
                    permission: if method == operation.method { "" } else { "Head" },
                    route_key: format!("{method} {}", operation.path),
                    method: method.to_string(),
                    path: operation.path,
                })
                .collect(),
            _ => Vec::new(),
        };
        let queue = match function.trigger {
            Trigger::Queue(lane) => Some(Queue::of(lane)),
            _ => None,
        };
        Self {
            name: function.name,
            logical: pascal(function.name),
            summary: function.summary.trim_end_matches('.'),
            memory: function.memory,
            seconds: function.seconds,
            max_concurrency: function.max_concurrency,
            variables: variables(function),
            statements: statements(function),
            requests,
            minute: matches!(function.trigger, Trigger::Minute),
            stream: match function.trigger {
                Trigger::Stream => Some(STREAM_FILTERS),
                _ => None,
            },
            queue,
            alarms: alarms(function),
            output: matches!(function.trigger, Trigger::Stream | Trigger::Operator),
        }
    }
}

/// Returns `CreateCharge` for `create_charge`.
pub(crate) fn pascal(name: &str) -> String {
    let words = name.split('_').map(|word| {
        let (first, rest) = word.split_at(1);
        first.to_uppercase() + rest
    });
    words.collect()
}

/// Returns `PostV1ChargesIdCancelRoute` for `POST /v1/charges/{id}/cancel`.
fn route_name(method: &str, path: &str) -> String {
    let words = path.split(|letter: char| !letter.is_ascii_alphanumeric());
    let words = words.filter(|word| !word.is_empty()).map(pascal);
    pascal(&method.to_lowercase()) + &words.collect::<String>() + "Route"
}

/// Returns true if the function inspects uploaded files.
fn is_inspector(function: &Function) -> bool {
    matches!(function.trigger, Trigger::Queue(Lane::Uploads))
}

fn variables(function: &Function) -> Vec<Variable> {
    let has = |resource| function.rights.iter().any(|right| right.resource == resource);
    let called = matches!(function.trigger, Trigger::Request(_) | Trigger::Operator);
    let all = [
        ("TABLE_NAME", "!Ref MainTable", true),
        ("DELIVERIES_TABLE_NAME", "!Ref DeliveriesTable", true),
        ("STAGE", "!Ref Stage", true),
        ("LOG_LEVEL", "!Ref LogLevel", true),
        ("PUBLIC_URL", "!Ref PublicUrl", matches!(function.trigger, Trigger::Request(_))),
        ("PEPPER_SECRET_ID", "!Ref PepperArn", has(AwsResource::Pepper)),
        ("SIGNING_SECRET_ID", "!Ref SigningArn", has(AwsResource::Signing)),
        ("RECEIPT_SIGNING_SECRET_ID", "!Ref ReceiptSigningArn", has(AwsResource::ReceiptSigning)),
        ("FILES_BUCKET", "!Ref FilesBucket", has(AwsResource::Files)),
        ("LIVE_QUEUE_URL", "!Ref LiveQueueUrl", !called),
        ("RETRY_QUEUE_URL", "!Ref RetryQueueUrl", !called),
        ("ORDERS_QUEUE_URL", "!Ref OrdersQueueUrl", !called),
        ("EXPORTS_QUEUE_URL", "!Ref ExportsQueueUrl", !called),
        ("UPLOADS_QUEUE_URL", "!Ref UploadsQueueUrl", !called),
        ("SCANNER_ADDRESS", "!Ref ScannerAddress", is_inspector(function)),
    ];
    let given = all.into_iter().filter(|(_, _, given)| *given);
    given.map(|(name, value, _)| Variable { name, value }).collect()
}

/// Returns the statements of the role. Rights on one resource under the same condition share a
/// statement.
fn statements(function: &Function) -> Vec<PolicyStatement> {
    let mut families: BTreeMap<(AwsResource, IamAction), BTreeSet<String>> = BTreeMap::new();
    // A file is a resource, so its right needs no condition.
    let mut files: BTreeMap<String, BTreeSet<IamAction>> = BTreeMap::new();
    for Right { resource, action, family } in &function.rights {
        match (resource, family) {
            (AwsResource::Files, Some(family)) => {
                files.entry(family.clone()).or_default().insert(action);
            }
            _ => {
                let keys = families.entry((*resource, action)).or_default();
                keys.extend(family.iter().map(|family| format!("{family}#*")));
            }
        }
    }
    let mut merged: BTreeMap<(AwsResource, BTreeSet<String>), BTreeSet<IamAction>> =
        BTreeMap::new();
    for ((resource, action), keys) in families {
        merged.entry((resource, keys)).or_default().insert(action);
    }
    let of_rows = merged.into_iter().map(|((resource, keys), actions)| PolicyStatement {
        actions,
        resource: arn(resource).to_owned(),
        keys,
    });
    let bucket = arn(AwsResource::Files);
    let of_files = files.into_iter().map(|(family, actions)| {
        let resource = format!("!Sub \"{bucket}/{family}/*\"");
        PolicyStatement { actions, resource, keys: BTreeSet::new() }
    });
    let mut statements: Vec<_> = of_rows.chain(of_files).collect();
    // The rights that Lambda itself uses in the function's name.
    let whole = |actions: &[IamAction], resource: &str| PolicyStatement {
        actions: actions.iter().copied().collect(),
        resource: resource.to_owned(),
        keys: BTreeSet::new(),
    };
    let consume = ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"];
    let follow = [
        "dynamodb:DescribeStream",
        "dynamodb:GetRecords",
        "dynamodb:GetShardIterator",
        "dynamodb:ListStreams",
    ];
    let send = ["sqs:SendMessage"];
    match function.trigger {
        Trigger::Queue(lane) => statements.push(whole(&consume, arn(lane.into()))),
        Trigger::Minute => statements.push(whole(&send, "!Ref JobsDeadQueueArn")),
        Trigger::Stream => {
            statements.push(whole(&follow, "!Ref MainTableStreamArn"));
            statements.push(whole(&send, "!Ref StreamDeadQueueArn"));
        }
        Trigger::Request(_) | Trigger::Operator => {}
    }
    statements
}

macro_rules! table {
    ($name:literal) => {
        concat!(
            "!Sub \"arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${",
            $name,
            "}\""
        )
    };
    ($name:literal, $index:literal) => {
        concat!(
            "!Sub \"arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${",
            $name,
            "}/index/",
            $index,
            "\""
        )
    };
}

fn arn(resource: AwsResource) -> &'static str {
    match resource {
        AwsResource::Main => table!("MainTable"),
        AwsResource::MainByStatus => table!("MainTable", "by_status"),
        AwsResource::MainByDue => table!("MainTable", "by_due"),
        AwsResource::Deliveries => table!("DeliveriesTable"),
        AwsResource::DeliveriesByStatus => table!("DeliveriesTable", "by_status"),
        AwsResource::DeliveriesByDue => table!("DeliveriesTable", "by_due"),
        AwsResource::Pepper => "!Ref PepperArn",
        AwsResource::Signing => "!Ref SigningArn",
        AwsResource::ReceiptSigning => "!Ref ReceiptSigningArn",
        AwsResource::Live => "!Ref LiveQueueArn",
        AwsResource::Retry => "!Ref RetryQueueArn",
        AwsResource::Orders => "!Ref OrdersQueueArn",
        AwsResource::Exports => "!Ref ExportsQueueArn",
        AwsResource::Uploads => "!Ref UploadsQueueArn",
        AwsResource::Files => "arn:${AWS::Partition}:s3:::${FilesBucket}",
    }
}

fn alarms(function: &Function) -> Vec<FunctionAlarm> {
    if matches!(function.trigger, Trigger::Request(_) | Trigger::Operator) {
        return Vec::new();
    }
    let above = "GreaterThanOrEqualToThreshold";
    let counted = |logical, name, description, metric| FunctionAlarm {
        logical,
        name,
        anchor: name,
        severity: Severity::Tomorrow,
        description,
        metric,
        statistic: "Statistic: Sum",
        period: 300,
        periods: 1,
        threshold: 1,
        comparison: above,
        missing: "notBreaching",
    };
    let mut alarms = vec![
        FunctionAlarm {
            severity: Severity::Wake,
            // The next minute, the stream or the queue repeats a single failed run.
            threshold: 3,
            ..counted("Errors", "errors", "Whole runs fail.", "Errors")
        },
        FunctionAlarm {
            severity: Severity::Wake,
            ..counted(
                "Throttles",
                "throttles",
                "A run was throttled because no concurrency was left.",
                "Throttles",
            )
        },
        FunctionAlarm {
            statistic: "ExtendedStatistic: p99",
            periods: 3,
            // Nine tenths of the longest run, in milliseconds.
            threshold: function.seconds * 900,
            ..counted("Slow", "slow", "Runs take almost as long as their time-out.", "Duration")
        },
    ];
    if matches!(function.trigger, Trigger::Stream) {
        alarms.push(FunctionAlarm {
            statistic: "Statistic: Maximum",
            threshold: 60_000,
            ..counted(
                "Behind",
                "behind",
                "The reader of the stream is a minute behind or more.",
                "IteratorAge",
            )
        });
    }
    if matches!(function.trigger, Trigger::Minute) {
        alarms.push(FunctionAlarm {
            severity: Severity::Wake,
            threshold: 3,
            comparison: "LessThanThreshold",
            missing: "breaching",
            ..counted(
                "Stopped",
                "stopped",
                "The schedule does not run it every minute.",
                "Invocations",
            )
        });
    }
    alarms
}
