//! Rules for alarms: an alarm watches every failure, and the runbook has an entry for every alarm.

use std::collections::BTreeSet;

use catalogue::Trigger;
use serde_json::Value;

use super::deployment::{DeployedFunction, Deployment};
use super::findings::Findings;
use super::template::{Resource, list, referred, texts};

const RUNBOOK: &str = "docs/runbook.md";

fn alarms<'a>(deployment: &'a Deployment<'_>) -> impl Iterator<Item = Resource<'a>> {
    deployment.resources("AWS::CloudWatch::Alarm")
}

/// Returns the metrics that an alarm watches, itself or in an expression.
fn metrics(alarm: Resource<'_>) -> Vec<&Value> {
    let stated =
        list(alarm.property("Metrics")).into_iter().map(|one| &one["MetricStat"]["Metric"]);
    let stated = stated.filter(|metric| !metric.is_null());
    let own = Some(&alarm.body["Properties"]).filter(|own| !own["MetricName"].is_null());
    stated.chain(own).collect()
}

fn dimension<'a>(metric: &'a Value, name: &str) -> Option<&'a Value> {
    let all = list(&metric["Dimensions"]).into_iter();
    all.filter(|dimension| dimension["Name"] == name).map(|dimension| &dimension["Value"]).next()
}

/// Checks that an alarm watches every dead-letter queue, because its messages need a person.
pub(super) fn dead_letter_alarms(deployment: &Deployment<'_>, findings: &mut Findings) {
    let mut seen = BTreeSet::new();
    for (_, dead) in deployment.dead_letters() {
        let mut alarms = alarms(deployment);
        let watched = alarms.any(|alarm| {
            let watches = |metric: &Value| {
                let queue = dimension(metric, "QueueName");
                metric["MetricName"] == "ApproximateNumberOfMessagesVisible"
                    && queue.is_some_and(|queue| deployment.same(alarm.template, queue, dead))
            };
            metrics(alarm).into_iter().any(watches)
        });
        if !watched && seen.insert(dead.id) {
            findings.at(dead, "an alarm must watch how many messages are in it");
        }
    }
}

/// Checks that alarms watch every function that is not behind the gateway. The failures of the
/// others are answers of the API, which has its own alarms (docs/adr/0013).
pub(super) fn function_alarms(deployment: &Deployment<'_>, findings: &mut Findings) {
    for DeployedFunction { resource, function } in deployment.placed() {
        let metrics: &[&str] = match function.trigger {
            Trigger::Request(_) | Trigger::Operator => &[],
            Trigger::Stream => &["Errors", "Throttles", "Duration", "IteratorAge"],
            Trigger::Minute | Trigger::Queue(_) => &["Errors", "Throttles", "Duration"],
        };
        for metric in metrics {
            if watching(resource, metric).is_none() {
                findings.at(resource, format!("an alarm must watch its {metric}"));
            }
        }
    }
}

fn watching<'a>(function: Resource<'a>, metric: &str) -> Option<Resource<'a>> {
    function.template.resources().filter(|alarm| alarm.is("AWS::CloudWatch::Alarm")).find(|alarm| {
        let mut watched = metrics(*alarm).into_iter();
        watched.any(|watched| {
            let watches = dimension(watched, "FunctionName").and_then(referred);
            watched["MetricName"] == metric && watches == Some(function.id)
        })
    })
}

/// Checks that an alarm goes off if a job does not run, because a stopped schedule causes no error.
pub(super) fn stopped_alarms(deployment: &Deployment<'_>, findings: &mut Findings) {
    for DeployedFunction { resource, function } in deployment.placed() {
        if !matches!(function.trigger, Trigger::Minute) {
            continue;
        }
        let stopped = watching(resource, "Invocations").is_some_and(|alarm| {
            alarm.property("TreatMissingData") == "breaching"
                && alarm.property("ComparisonOperator") == "LessThanThreshold"
        });
        if !stopped {
            findings.at(resource, "an alarm must go off when it does not run");
        }
    }
}

/// Checks that every alarm notifies the topic of the root.
pub(super) fn alarms_notify(deployment: &Deployment<'_>, findings: &mut Findings) {
    for alarm in alarms(deployment) {
        for property in ["AlarmActions", "OKActions"] {
            let mut actions = list(alarm.property(property)).into_iter();
            let notifies = actions.any(|action| {
                let topic = deployment.find(alarm.template, action);
                topic.is_some_and(|topic| topic.is("AWS::SNS::Topic"))
            });
            if !notifies {
                findings.at(alarm, format!("{property} must name the topic of the root"));
            }
        }
    }
}

/// Checks that dashboards are JSON, because CloudWatch refuses any other, and then the whole stack
/// fails.
pub(super) fn dashboards(deployment: &Deployment<'_>, findings: &mut Findings) {
    for dashboard in deployment.resources("AWS::CloudWatch::Dashboard") {
        let bodies = texts(dashboard.property("DashboardBody"));
        // Values are filled in inside texts and have no quotes.
        let json = |body: &&str| serde_json::from_str::<Value>(body).is_ok();
        if bodies.is_empty() || !bodies.iter().all(json) {
            findings.at(dashboard, "DashboardBody must be JSON");
        }
    }
}

/// Checks that the runbook has an entry for every alarm, and no entry without an alarm.
pub(super) fn alarms_in_the_runbook(deployment: &Deployment<'_>, findings: &mut Findings) {
    let section = deployment.runbook.split("\n## ").find(|part| part.starts_with("Alarms\n"));
    let lines = section.unwrap_or_default().lines();
    let entries: BTreeSet<_> = lines.filter_map(|line| line.strip_prefix("### ")).collect();
    let mut used = BTreeSet::new();
    for alarm in alarms(deployment) {
        let description = alarm.property("AlarmDescription").as_str().unwrap_or_default();
        let anchor = description.split_once("docs/runbook.md#").map(|(_, anchor)| anchor);
        let name = texts(alarm.property("AlarmName"));
        let ending = format!("-{}", anchor.unwrap_or_default());
        match anchor.filter(|_| name.len() == 1 && name[0].ends_with(&ending)) {
            Some(anchor) if entries.contains(anchor) => {
                used.insert(anchor);
            }
            Some(anchor) => {
                findings.at(alarm, format!("{RUNBOOK} needs ### {anchor} below Alarms"))
            }
            None => findings.at(alarm, format!("AlarmDescription must end with {RUNBOOK}#<name>")),
        }
    }
    for entry in entries.difference(&used) {
        findings.on(RUNBOOK, entry, "no alarm has this name".to_owned());
    }
}

/// Checks that the description of every alarm begins with its severity, and that the tables of the
/// runbook say the same: how soon to act, and for a dead-letter queue what to do with the messages.
pub(super) fn alarm_severities(deployment: &Deployment<'_>, findings: &mut Findings) {
    let rows = deployment.runbook.lines().filter_map(|line| line.strip_prefix("| `"));
    let rows: BTreeSet<_> = rows.collect();
    for alarm in alarms(deployment) {
        let description = alarm.property("AlarmDescription").as_str().unwrap_or_default();
        let Some((_, anchor)) = description.split_once("docs/runbook.md#") else { continue };
        // Another rule finds an alarm without an entry.
        if !deployment.runbook.contains(&format!("\n### {anchor}\n")) {
            continue;
        }
        let (severity, _) = description.split_once(": ").unwrap_or_default();
        let row = format!("{anchor}` | {} |", severity.to_lowercase());
        let is_known = matches!(severity, "Wake" | "Tomorrow");
        if !is_known || !rows.iter().any(|line| line.starts_with(&row)) {
            findings.at(alarm, format!("{RUNBOOK} needs the row | `{row}, and the alarm its word"));
        }
    }
    for (_, dead) in deployment.dead_letters() {
        let row = format!("{}` | `", dead.id);
        let does = |line: &&&str| line.ends_with("| put back |") || line.ends_with("| purge |");
        if !rows.iter().filter(|line| line.starts_with(&row)).any(|line| does(&line)) {
            findings.at(dead, format!("{RUNBOOK} must say to put back or purge its messages"));
        }
    }
}
