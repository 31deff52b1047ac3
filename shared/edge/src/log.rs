//! One JSON line per request, with metrics in CloudWatch's embedded format. Never a secret, a body,
//! an address or personal data.

use std::error::Error as StdError;

use domain::kernel::Error;
use serde_json::{Value, json};
use store::TripCount;

use crate::incoming::Incoming;
use crate::{App, HttpReply, Operation, problem};

/// How much a line matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// What happened.
    Info,
    /// Something went wrong and the work went on.
    Warn,
    /// Something was not done.
    Error,
}

impl Level {
    const ALL: [Self; 3] = [Self::Info, Self::Warn, Self::Error];

    /// The word in lines and settings.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
        }
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.as_str() == word)
    }

    /// Whether a log of this level has the line. One that does not say its level is never lost, nor
    /// one of a job: alarms live on what it measures.
    pub(crate) fn takes(self, line: &Value) -> bool {
        let level = line["level"].as_str().and_then(Self::parse);
        level.is_none_or(|level| level >= self) || line.get("job").is_some()
    }
}

/// What a metric counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Things.
    Count,
    /// Time.
    Milliseconds,
    /// Time.
    Seconds,
}

impl Unit {
    /// CloudWatch's word.
    const fn as_str(self) -> &'static str {
        match self {
            Self::Count => "Count",
            Self::Milliseconds => "Milliseconds",
            Self::Seconds => "Seconds",
        }
    }
}

/// A field of a line that becomes a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Metric {
    name: &'static str,
    unit: Unit,
    value: u64,
}

impl Metric {
    /// `value` under this name.
    pub fn new(name: &'static str, unit: Unit, value: u64) -> Self {
        Self { name, unit, value }
    }

    /// A count.
    pub fn count(name: &'static str, value: u64) -> Self {
        Self::new(name, Unit::Count, value)
    }
}

/// What every line with metrics begins as. The stage is a dimension because both stages may live in
/// one AWS account.
pub(crate) fn measured(app: &App, level: Level, by: (&str, &str), metrics: &[Metric]) -> Value {
    let (dimension, value) = by;
    let definitions: Vec<_> = metrics
        .iter()
        .map(|metric| json!({ "Name": metric.name, "Unit": metric.unit.as_str() }))
        .collect();
    let mut line = json!({
        "_aws": {
            "Timestamp": app.clock.now().as_millisecond(),
            "CloudWatchMetrics": [{
                "Namespace": "Trilho",
                "Dimensions": [["stage", dimension]],
                "Metrics": definitions,
            }],
        },
        "level": level.as_str(),
        "stage": app.config.stage.as_str(),
    });
    line[dimension] = json!(value);
    for metric in metrics {
        line[metric.name] = json!(metric.value);
    }
    line
}

/// What a request came to.
pub(crate) struct RequestLine<'a> {
    pub(crate) operation: &'a Operation,
    pub(crate) incoming: &'a Incoming,
    pub(crate) answer: &'a HttpReply,
    pub(crate) error: Option<&'a Error>,
    pub(crate) latency_ms: u64,
    pub(crate) trips: TripCount,
}

pub(crate) fn request(app: &App, line: &RequestLine<'_>) {
    let (denial, caller) = line.incoming.notes();
    let status = line.answer.status.as_u16();
    let level = if status >= 500 { Level::Error } else { Level::Info };
    let metrics = [
        Metric::new("latency_ms", Unit::Milliseconds, line.latency_ms),
        Metric::count("storage_round_trips", u64::from(line.trips.sequential)),
        Metric::count("errors", u64::from(status >= 500)),
    ];
    let mut fields = measured(app, level, ("operation", line.operation.name), &metrics);
    fields["method"] = json!(line.operation.method.as_str());
    fields["route"] = json!(line.operation.path);
    fields["status"] = json!(status);
    fields["storage_requests"] = json!(line.trips.requests);
    fields["request_id"] = json!(line.incoming.request_id);
    if let Some(caller) = caller {
        fields["account_id"] = json!(caller.account_id);
        fields["user_id"] = json!(caller.user_id);
        fields["key_id"] = json!(caller.key_id);
    }
    if let Some(denial) = denial {
        fields["denial"] = json!(denial.to_string());
    }
    if let Some(error) = line.error {
        fields["code"] = json!(problem::status_of(error).1);
        if status >= 500 {
            fields["cause"] = json!(causes(error));
        }
    }
    app.log.line(&fields);
}

/// Something went wrong, beside a request or instead of a job.
pub(crate) fn trouble(app: &App, level: Level, message: &str, error: &Error) {
    let level = level.as_str();
    app.log.line(&json!({ "level": level, "message": message, "cause": causes(error) }));
}

/// An error and everything behind it. The table's and the SDK's errors hold keys and codes, never
/// the values that were sent.
pub fn causes(error: &Error) -> String {
    let mut causes = vec![error.to_string()];
    let mut source = error.source();
    while let Some(cause) = source {
        causes.push(cause.to_string());
        source = cause.source();
    }
    // One text: a list would be many fields for whoever searches the log.
    causes.join(": ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(least: &str, level: &Value, taken: bool) {
        let least = Level::parse(least).expect("a level");
        assert_eq!(least.takes(&json!({ "level": level })), taken, "{level}");
    }

    #[test]
    fn a_log_has_the_lines_of_its_level_and_above() {
        check("info", &json!("info"), true);
        check("warn", &json!("info"), false);
        check("warn", &json!("warn"), true);
        check("error", &json!("warn"), false);
        check("error", &json!("error"), true);
        check("error", &json!("other"), true);
        check("error", &Value::Null, true);
        assert!(Level::Error.takes(&json!({ "level": "info", "job": "sweep_events" })));
    }
}
