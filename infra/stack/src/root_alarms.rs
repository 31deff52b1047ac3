//! The alarms of the root stack.
//!
//! CloudWatch takes 0.10 dollars a month for each metric that an alarm watches (docs/performance.md).

use serde::Serialize;

use crate::render::pascal;
use crate::severity::Severity;

/// The dead-letter queues, by their source.
pub(crate) const DEAD: [&str; 7] =
    ["Live", "Retry", "Orders", "Exports", "Uploads", "Stream", "Jobs"];
/// A single refused request is repeated by the SDK, so only a burst is an alarm.
const THROTTLED_MIN: &str = "10";

#[derive(Clone, Serialize)]
pub(crate) struct RootAlarm {
    logical: String,
    name: String,
    severity: Severity,
    description: String,
    namespace: &'static str,
    /// The metric that is compared, or those of the expression.
    inputs: Vec<AlarmInput>,
    /// What is compared, if it is not the metric itself.
    expression: Option<&'static str>,
    dimensions: Vec<(&'static str, String)>,
    period: u32,
    periods: u32,
    /// Number of these periods that must reach the threshold.
    reached: u32,
    threshold: &'static str,
}

/// A metric of an alarm.
#[derive(Clone, Serialize)]
struct AlarmInput {
    /// Name in the expression.
    id: &'static str,
    metric: &'static str,
    statistic: &'static str,
}

impl RootAlarm {
    /// Returns an alarm that goes off if a metric reaches a threshold in one period.
    fn new(
        (logical, name): (&str, &str),
        (namespace, metric, statistic): (&'static str, &'static str, &'static str),
        (period, threshold): (u32, &'static str),
        description: &str,
    ) -> Self {
        Self {
            logical: format!("{logical}Alarm"),
            name: name.to_owned(),
            severity: Severity::Wake,
            description: description.to_owned(),
            namespace,
            inputs: vec![AlarmInput { id: "value", metric, statistic }],
            expression: None,
            dimensions: Vec::new(),
            period,
            periods: 1,
            reached: 1,
            threshold,
        }
    }

    fn of(mut self, dimension: &'static str, value: impl Into<String>) -> Self {
        self.dimensions.push((dimension, value.into()));
        self
    }

    fn tomorrow(self) -> Self {
        Self { severity: Severity::Tomorrow, ..self }
    }

    /// Goes off only if so many periods one after another reach the threshold.
    fn for_periods(self, periods: u32) -> Self {
        Self { periods, reached: periods, ..self }
    }
}

/// Returns the alarms of the root stack.
pub(crate) fn root_alarms() -> Vec<RootAlarm> {
    let mut alarms = api_alarms();
    alarms.extend(DEAD.map(dead));
    alarms.extend(["MainTable", "DeliveriesTable"].into_iter().flat_map(table_alarms));
    alarms.extend(["MainTable", "DeliveriesTable"].into_iter().flat_map(index_alarms));
    alarms.extend(event_alarms());
    alarms.extend(late_alarms());
    alarms
}

fn api_alarms() -> Vec<RootAlarm> {
    let on_api = |names, metric, statistic, threshold, description| {
        let metric = ("AWS/ApiGateway", metric, statistic);
        RootAlarm::new(names, metric, (300, threshold), description).of("ApiId", "!Ref Api")
    };
    let failed = on_api(
        ("ApiErrors", "api-errors"),
        "5xx",
        "Sum",
        "5",
        "Five requests in a thousand fail, and three at least.",
    );
    let inputs = [("failed", "5xx"), ("requests", "Count")];
    let slow = on_api(
        ("ApiSlow", "api-slow"),
        "Latency",
        "p99",
        "1000",
        "One request in a hundred takes a second or more.",
    );
    // All functions of the AWS account share its concurrency, so the metric has no dimension.
    let concurrency = RootAlarm::new(
        ("ConcurrencyUsed", "concurrency"),
        ("AWS/Lambda", "ClaimedAccountConcurrency", "Maximum"),
        (60, "!Ref ConcurrencyAlarm"),
        "The functions of the AWS account use most of its concurrency.",
    );
    vec![
        RootAlarm {
            inputs: inputs.map(|(id, metric)| AlarmInput { id, metric, statistic: "Sum" }).into(),
            // In a thousand. Two failures are no alarm, because their rate says nothing.
            expression: Some("IF(failed >= 3, 1000 * failed / requests, 0)"),
            ..failed
        },
        slow.for_periods(3),
        concurrency.for_periods(3),
    ]
}

fn dead(source: &str) -> RootAlarm {
    let description = match source {
        "Stream" => "Records of the stream moved to the dead-letter queue.",
        "Jobs" => "A scheduled job failed.",
        _ => "Messages moved to the dead-letter queue after five receives.",
    };
    let name = format!("{}-dead", source.to_lowercase());
    let metric = ("AWS/SQS", "ApproximateNumberOfMessagesVisible", "Maximum");
    let logical = format!("{source}Dead");
    let alarm = RootAlarm::new((&logical, &name), metric, (60, "1"), description)
        .of("QueueName", format!("!GetAtt {source}DeadQueue.QueueName"));
    match source {
        "Orders" => alarm,
        // A message is only a trace of work that was repeated, so a person need not purge it before the
        // next one is an alarm. The queue reports late after hours without a message.
        "Stream" | "Jobs" => {
            RootAlarm { expression: Some("DIFF(FILL(value, 0))"), periods: 5, ..alarm.tomorrow() }
        }
        _ => alarm.tomorrow(),
    }
}

fn table_alarms(table: &'static str) -> Vec<RootAlarm> {
    let short = table.trim_end_matches("Table");
    let prefix = short.to_lowercase();
    let on_table = |id: &str, name: &str, metric, threshold, description| {
        let (logical, name) = (format!("{short}{id}"), format!("{prefix}-{name}"));
        let metric = ("AWS/DynamoDB", metric, "Sum");
        let alarm = RootAlarm::new((&logical, &name), metric, (300, threshold), description);
        alarm.of("TableName", format!("!Ref {table}"))
    };
    let writes = on_table(
        "Writes",
        "writes-throttled",
        "WriteThrottleEvents",
        THROTTLED_MIN,
        "DynamoDB throttles writes to the table.",
    );
    let reads = on_table(
        "Reads",
        "reads-throttled",
        "ReadThrottleEvents",
        THROTTLED_MIN,
        "DynamoDB throttles reads of the table.",
    );
    let conflicts = on_table(
        "Conflicts",
        "conflicts",
        "TransactionConflict",
        "500",
        "Transactions conflict with one another.",
    );
    match table {
        "MainTable" => vec![writes, reads, conflicts.tomorrow().for_periods(2)],
        // Deliveries are written without transactions.
        _ => vec![writes.tomorrow(), reads.tomorrow()],
    }
}

/// Returns the alarms of the indexes, which the alarms of their table do not cover.
fn index_alarms(table: &'static str) -> Vec<RootAlarm> {
    let short = table.trim_end_matches("Table");
    let alarm = |index: &str| {
        let logical = format!("{short}{}Writes", pascal(index));
        let name = format!("{}-{}-throttled", short.to_lowercase(), index.replace('_', "-"));
        let description = format!("DynamoDB throttles writes to the index {index}.");
        let metric = ("AWS/DynamoDB", "WriteThrottleEvents", "Sum");
        let alarm = RootAlarm::new((&logical, &name), metric, (300, THROTTLED_MIN), &description)
            .of("TableName", format!("!Ref {table}"))
            .of("GlobalSecondaryIndexName", index);
        // A full index also blocks its table.
        if table == "MainTable" { alarm } else { alarm.tomorrow() }
    };
    ["by_due", "by_status"].map(alarm).into()
}

/// An alarm on a metric of our own, by the job or consumer that writes it.
fn metric_alarm(
    names: (&str, &str),
    (metric, field, function): (&'static str, &'static str, &str),
    description: &str,
    threshold: &'static str,
) -> RootAlarm {
    RootAlarm::new(names, ("Trilho", metric, "Maximum"), (60, threshold), description)
        .of("stage", "!Ref Stage")
        .of(field, function)
}

fn event_alarms() -> Vec<RootAlarm> {
    let unpublished = metric_alarm(
        ("Unpublished", "unpublished"),
        ("oldest_unpublished_seconds", "job", "sweep_events"),
        "An event has waited three minutes to be published.",
        "180",
    );
    let ledger = metric_alarm(
        ("Ledger", "ledger"),
        ("ledger_differences", "job", "audit_ledger"),
        "The books of an account differ from its ledger entries.",
        "1",
    );
    // Jobs share one metric, because CloudWatch charges for each.
    let jobs_late = RootAlarm::new(
        ("JobsLate", "jobs-late"),
        ("Trilho", "oldest_due_seconds", "Maximum"),
        (60, "600"),
        "Due work of a scheduled job has waited ten minutes.",
    );
    // A burst of payouts spends the tokens for seconds, which is no reason for an alarm.
    let lookups_spent = RootAlarm::new(
        ("LookupsSpent", "lookups-spent"),
        ("Trilho", "payouts_without_lookup", "Sum"),
        (300, "1"),
        "For 15 minutes, payouts have waited because look-ups of their Pix keys are spent.",
    );
    let lookups_spent = lookups_spent.of("stage", "!Ref Stage").of("consumer", "submit_orders");
    let unconfirmed = |names, job, objects: &str| RootAlarm {
        // A worker queries an order without an answer every half hour at least.
        period: 3_600,
        ..metric_alarm(
            names,
            ("oldest_order_seconds", "job", job),
            &format!("{objects} have had no answer of the network for two hours."),
            "7200",
        )
    };
    vec![
        unpublished.for_periods(2),
        jobs_late.of("stage", "!Ref Stage").for_periods(3),
        ledger,
        lookups_spent.for_periods(3),
        unconfirmed(("PayoutsUnconfirmed", "payouts-unconfirmed"), "advance_payouts", "Payouts"),
        unconfirmed(("RefundsUnconfirmed", "refunds-unconfirmed"), "advance_refunds", "Refunds"),
        unconfirmed(
            ("CreditsUnconfirmed", "credits-unconfirmed"),
            "advance_credits",
            "Returns of credits",
        ),
    ]
}

fn late_alarms() -> [RootAlarm; 5] {
    let late = |queue: &str, threshold, description| {
        let (logical, name) = (format!("{queue}Late"), format!("{}-late", queue.to_lowercase()));
        let metric = ("AWS/SQS", "ApproximateAgeOfOldestMessage", "Maximum");
        RootAlarm::new((&logical, &name), metric, (60, threshold), description)
            .of("QueueName", format!("!GetAtt {queue}Queue.QueueName"))
            .for_periods(3)
    };
    [
        late("Live", "120", "First attempts have waited two minutes."),
        // A message of a retry is hidden for up to fifteen minutes, until its time comes.
        late("Retry", "1800", "Retries have waited fifteen minutes beyond their time.").tomorrow(),
        late("Orders", "120", "Payouts, refunds or credits have waited two minutes."),
        // After a crash a message is hidden for half an hour before the next attempt.
        late("Exports", "3600", "Statements have waited an hour to be written.").tomorrow(),
        // After a crash, or without the scanner, a message is hidden for twelve minutes.
        late("Uploads", "1800", "Files have waited half an hour for inspection.").tomorrow(),
    ]
}
