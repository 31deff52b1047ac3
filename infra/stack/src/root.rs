//! The root stack: the resources that functions share, and the alarms on them.

use catalogue::Trigger;
use serde::Serialize;

use crate::function::Function;
use crate::region::{HOST_LENGTH_MAX, REGIONS_WITHOUT_DOMAIN};
use crate::render::{PARAMETERS, fill, pascal, render_domain};
use crate::severity::Severity;

const ROOT: &str = include_str!("template.yaml.jinja");

/// The domain that only a sandbox has.
const SANDBOX: &str = "sandbox";

/// The dead-letter queues, by their source.
const DEAD: [&str; 6] = ["Live", "Retry", "Orders", "Exports", "Stream", "Jobs"];

#[derive(Serialize)]
struct RootTemplate {
    ttl: &'static str,
    dead: [&'static str; 6],
    queues: Vec<String>,
    domains: Vec<NestedStack>,
    /// Stacks with routes, in the order in which they are created.
    routed: Vec<String>,
    regions: [&'static str; REGIONS_WITHOUT_DOMAIN.len()],
    host_length_max: usize,
    alarms: Vec<RootAlarm>,
}

#[derive(Serialize)]
struct NestedStack {
    name: String,
    logical: String,
    /// The stack with routes that is created before it.
    after: Option<String>,
    /// The condition under which it exists.
    condition: Option<&'static str>,
    given: Vec<StackParameter>,
}

#[derive(Serialize)]
struct StackParameter {
    name: &'static str,
    value: &'static str,
}

#[derive(Clone, Serialize)]
struct RootAlarm {
    logical: String,
    name: String,
    severity: Severity,
    description: String,
    namespace: &'static str,
    metric: &'static str,
    dimensions: Vec<(&'static str, String)>,
    statistic: &'static str,
    period: u32,
    periods: u32,
    threshold: u32,
}

/// Returns every template: its path below `infra`, and its text.
pub fn templates(functions: &[Function]) -> Vec<(String, String)> {
    let mut domains: Vec<_> = functions.iter().map(|function| function.domain).collect();
    domains.dedup();
    let nested = domains
        .iter()
        .map(|name| (format!("functions/{name}.yaml"), render_domain(name, functions)));
    let root = ("template.yaml".to_owned(), render_root(&domains, functions));
    nested.chain([root]).collect()
}

fn render_root(names: &[&str], functions: &[Function]) -> String {
    let routed = routed(functions);
    let domains = names.iter().map(|name| {
        let nested = render_domain(name, functions);
        let declares = |name: &str| nested.contains(&format!("\n  {name}:\n    Type: String\n"));
        let given = PARAMETERS.iter().filter(|parameter| declares(parameter.name));
        let given =
            given.map(|parameter| StackParameter { name: parameter.name, value: parameter.given });
        let logical = pascal(name);
        let before = routed.iter().position(|one| *one == logical).and_then(|at| at.checked_sub(1));
        let is_sandbox = *name == SANDBOX;
        NestedStack {
            name: (*name).to_owned(),
            // The stage of the API waits for no stack that a live stage does not have.
            after: if is_sandbox {
                Some("ApiStage".to_owned())
            } else {
                before.map(|before| routed[before].clone())
            },
            condition: is_sandbox.then_some("IsSandbox"),
            given: given.collect(),
            logical,
        }
    });
    let queues =
        ["LiveQueue", "RetryQueue", "OrdersQueue", "ExportsQueue"].map(str::to_owned).into_iter();
    let queues = queues.chain(DEAD.map(|source| format!("{source}DeadQueue"))).collect();
    let domains = domains.collect();
    let template = RootTemplate {
        ttl: store::table::TTL,
        dead: DEAD,
        queues,
        domains,
        routed: routed.clone(),
        regions: REGIONS_WITHOUT_DOMAIN,
        host_length_max: HOST_LENGTH_MAX,
        alarms: alarms(),
    };
    fill(ROOT, template)
}

/// Returns the stacks with routes that every stage has, in the order of their creation.
fn routed(functions: &[Function]) -> Vec<String> {
    let routed = functions.iter().filter(|one| matches!(one.trigger, Trigger::Request(_)));
    let mut routed: Vec<_> = routed.map(|function| function.domain).collect();
    routed.dedup();
    routed.into_iter().filter(|domain| *domain != SANDBOX).map(pascal).collect()
}

fn alarms() -> Vec<RootAlarm> {
    let mut alarms = api_alarms();
    alarms.extend(DEAD.map(|source| RootAlarm {
        logical: format!("{source}DeadAlarm"),
        name: format!("{}-dead", source.to_lowercase()),
        severity: if source == "Orders" { Severity::Wake } else { Severity::Tomorrow },
        description: match source {
            "Stream" => "Records of the stream moved to the dead-letter queue.".to_owned(),
            "Jobs" => "A scheduled job failed.".to_owned(),
            _ => "Messages moved to the dead-letter queue after five receives.".to_owned(),
        },
        namespace: "AWS/SQS",
        metric: "ApproximateNumberOfMessagesVisible",
        dimensions: vec![("QueueName", format!("!GetAtt {source}DeadQueue.QueueName"))],
        statistic: "Statistic: Maximum",
        period: 60,
        periods: 1,
        threshold: 1,
    }));
    alarms.extend(["MainTable", "DeliveriesTable"].into_iter().flat_map(table_alarms));
    alarms.extend(["MainTable", "DeliveriesTable"].into_iter().flat_map(index_alarms));
    alarms.extend(event_alarms());
    alarms
}

fn api_alarms() -> Vec<RootAlarm> {
    let on_api = |logical: &str, name: &str, description: &str| RootAlarm {
        logical: logical.to_owned(),
        name: name.to_owned(),
        severity: Severity::Wake,
        description: description.to_owned(),
        namespace: "AWS/ApiGateway",
        metric: "5xx",
        dimensions: vec![("ApiId", "!Ref Api".to_owned())],
        statistic: "Statistic: Sum",
        period: 300,
        periods: 1,
        threshold: 5,
    };
    vec![
        on_api("ApiErrorsAlarm", "api-errors", "Requests fail, or functions are throttled."),
        RootAlarm {
            metric: "Latency",
            statistic: "ExtendedStatistic: p99",
            periods: 3,
            // edge gives up after 7 seconds, the functions after 10.
            threshold: 6_000,
            ..on_api(
                "ApiSlowAlarm",
                "api-slow",
                "Answers take almost as long as the time-out of the functions.",
            )
        },
    ]
}

fn table_alarms(table: &'static str) -> Vec<RootAlarm> {
    let short = table.trim_end_matches("Table");
    let metrics = [
        (
            "WriteThrottleEvents",
            "Writes",
            "writes-throttled",
            "DynamoDB throttles writes to the table.",
            1,
        ),
        (
            "ReadThrottleEvents",
            "Reads",
            "reads-throttled",
            "DynamoDB throttles reads of the table.",
            1,
        ),
        (
            "TransactionConflict",
            "Conflicts",
            "conflicts",
            "Transactions conflict with one another.",
            500,
        ),
    ];
    metrics
        .into_iter()
        // Deliveries are written without transactions.
        .filter(|(_, id, ..)| table == "MainTable" || *id != "Conflicts")
        .map(|(metric, id, name, description, threshold)| RootAlarm {
            logical: format!("{short}{id}Alarm"),
            name: format!("{}-{name}", short.to_lowercase()),
            severity: match (table, id) {
                ("MainTable", "Writes" | "Reads") => Severity::Wake,
                _ => Severity::Tomorrow,
            },
            description: description.to_owned(),
            namespace: "AWS/DynamoDB",
            metric,
            dimensions: vec![("TableName", format!("!Ref {table}"))],
            statistic: "Statistic: Sum",
            period: 300,
            periods: 2,
            threshold,
        })
        .collect()
}

/// Returns the alarms of the indexes, which the alarms of their table do not cover.
fn index_alarms(table: &'static str) -> Vec<RootAlarm> {
    let short = table.trim_end_matches("Table");
    ["by_due", "by_status"]
        .map(|index| RootAlarm {
            logical: format!("{short}{}WritesAlarm", pascal(index)),
            name: format!("{}-{}-throttled", short.to_lowercase(), index.replace('_', "-")),
            // A full index also blocks its table.
            severity: if table == "MainTable" { Severity::Wake } else { Severity::Tomorrow },
            description: format!("DynamoDB throttles writes to the index {index}."),
            namespace: "AWS/DynamoDB",
            metric: "WriteThrottleEvents",
            dimensions: vec![
                ("TableName", format!("!Ref {table}")),
                ("GlobalSecondaryIndexName", index.to_owned()),
            ],
            statistic: "Statistic: Sum",
            period: 300,
            periods: 2,
            threshold: 1,
        })
        .to_vec()
}

/// An alarm on a metric of our own, by the job or consumer that writes it.
fn metric_alarm(
    (logical, name): (&str, &str),
    (metric, field, function): (&'static str, &'static str, &str),
    description: &str,
    threshold: u32,
) -> RootAlarm {
    RootAlarm {
        logical: logical.to_owned(),
        name: name.to_owned(),
        severity: Severity::Wake,
        description: description.to_owned(),
        namespace: "Trilho",
        metric,
        dimensions: vec![("stage", "!Ref Stage".to_owned()), (field, function.to_owned())],
        statistic: "Statistic: Maximum",
        period: 60,
        periods: 1,
        threshold,
    }
}

fn event_alarms() -> Vec<RootAlarm> {
    let unpublished = metric_alarm(
        ("UnpublishedAlarm", "unpublished"),
        ("oldest_unpublished_seconds", "job", "sweep_events"),
        "An event has waited three minutes to be published.",
        180,
    );
    let ledger = metric_alarm(
        ("LedgerAlarm", "ledger"),
        ("ledger_differences", "job", "audit_ledger"),
        "The books of an account differ from its ledger entries.",
        1,
    );
    let lookups_spent = metric_alarm(
        ("LookupsSpentAlarm", "lookups-spent"),
        ("payouts_without_lookup", "consumer", "submit_orders"),
        "For 15 minutes, payouts have waited because look-ups of their Pix keys are spent.",
        1,
    );
    let unconfirmed = |(logical, name), job, objects: &str| RootAlarm {
        // A worker queries an order without an answer every half hour at least.
        period: 3_600,
        ..metric_alarm(
            (logical, name),
            ("oldest_order_seconds", "job", job),
            &format!("{objects} have had no answer of the network for two hours."),
            7_200,
        )
    };
    vec![
        RootAlarm { periods: 2, ..unpublished },
        ledger,
        // A burst of payouts spends the tokens for seconds, which is no reason for an alarm.
        RootAlarm { statistic: "Statistic: Sum", period: 300, periods: 3, ..lookups_spent },
        unconfirmed(
            ("PayoutsUnconfirmedAlarm", "payouts-unconfirmed"),
            "advance_payouts",
            "Payouts",
        ),
        unconfirmed(
            ("RefundsUnconfirmedAlarm", "refunds-unconfirmed"),
            "advance_refunds",
            "Refunds",
        ),
        late("Live", Severity::Wake, "First attempts have waited two minutes.", 120),
        late("Orders", Severity::Wake, "Payouts or refunds have waited two minutes.", 120),
        // After a crash a message is hidden for half an hour before the next attempt.
        late("Exports", Severity::Tomorrow, "Statements have waited an hour to be written.", 3_600),
    ]
}

fn late(queue: &str, severity: Severity, description: &str, seconds: u32) -> RootAlarm {
    RootAlarm {
        logical: format!("{queue}LateAlarm"),
        name: format!("{}-late", queue.to_lowercase()),
        severity,
        description: description.to_owned(),
        namespace: "AWS/SQS",
        metric: "ApproximateAgeOfOldestMessage",
        dimensions: vec![("QueueName", format!("!GetAtt {queue}Queue.QueueName"))],
        statistic: "Statistic: Maximum",
        period: 60,
        periods: 3,
        threshold: seconds,
    }
}
