//! The log: one JSON object per line, with metrics in CloudWatch's embedded format. A line never
//! holds a secret, a body, an address or personal data.

use std::error::Error as StdError;
use std::io::Write;

use domain::account::Stage;
use domain::kernel::Error;
use jiff::Timestamp;
use serde_json::{Value, json};

/// Takes log lines. On AWS it is standard output, which CloudWatch collects.
pub trait Log: Send + Sync {
    /// Writes a line.
    fn line(&self, line: &Value);

    /// Writes a line about an error, with everything that caused it.
    fn error_line(&self, level: Level, message: &str, error: &Error) {
        let level = level.as_str();
        self.line(&json!({ "level": level, "message": message, "cause": causes(error) }));
    }
}

/// Standard output. It drops lines below the level.
#[derive(Debug)]
pub struct StdoutLog(pub Level);

impl Log for StdoutLog {
    fn line(&self, line: &Value) {
        if !self.0.takes(line) {
            return;
        }
        // There is no place to report that the log cannot be written.
        let _ = writeln!(std::io::stdout().lock(), "{line}");
    }
}

/// The severity of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Normal work.
    Info,
    /// A failure that did not end the work.
    Warn,
    /// Work that was not done.
    Error,
}

impl Level {
    const ALL: [Self; 3] = [Self::Info, Self::Warn, Self::Error];

    /// Returns the word in lines and settings.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
        }
    }

    /// Reads the word. Returns `None` if no level has it.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.as_str() == word)
    }

    /// Returns true if a log of this level writes the line. It also writes every line without a
    /// level, and every line of a job, because alarms need the metrics of jobs.
    fn takes(self, line: &Value) -> bool {
        let level = line["level"].as_str().and_then(Self::parse);
        level.is_none_or(|level| level >= self) || line.get("job").is_some()
    }
}

/// The unit of a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// A number of objects.
    Count,
    /// A duration in seconds.
    Seconds,
}

impl Unit {
    /// Returns the word of CloudWatch.
    const fn as_str(self) -> &'static str {
        match self {
            Self::Count => "Count",
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
    is_of_stage: bool,
}

impl Metric {
    /// Makes a metric with this name.
    pub fn new(name: &'static str, unit: Unit, value: u64) -> Self {
        Self { name, unit, value, is_of_stage: false }
    }

    /// Makes it one metric of the stage, of which all lines are values: CloudWatch charges for each metric.
    #[must_use]
    pub fn of_stage(mut self) -> Self {
        self.is_of_stage = true;
        self
    }

    /// Makes a metric that counts.
    pub fn count(name: &'static str, value: u64) -> Self {
        Self::new(name, Unit::Count, value)
    }
}

/// Returns a line with metrics; the caller may add fields. The stage is a dimension because both
/// stages can be in one AWS account. `by` is the other dimension: a field and its value.
pub(crate) fn metric_line(
    now: Timestamp,
    stage: Stage,
    level: Level,
    by: (&str, &str),
    metrics: &[Metric],
) -> Value {
    let (dimension, value) = by;
    let mut line = json!({
        "_aws": metric_definitions(now, Some(dimension), metrics),
        "level": level.as_str(),
        "stage": stage.as_str(),
    });
    line[dimension] = json!(value);
    for metric in metrics {
        line[metric.name] = json!(metric.value);
    }
    line
}

/// Returns the field `_aws` of a line whose fields of these names become metrics by stage and `dimension`,
/// or by stage alone.
pub fn metric_definitions(now: Timestamp, dimension: Option<&str>, metrics: &[Metric]) -> Value {
    let (of_stage, of_dimension): (Vec<_>, Vec<_>) =
        metrics.iter().partition(|metric| metric.is_of_stage || dimension.is_none());
    let definition = |dimensions: Vec<&str>, metrics: &[&Metric]| {
        let named = metrics.iter().map(|it| json!({ "Name": it.name, "Unit": it.unit.as_str() }));
        let named: Vec<_> = named.collect();
        let definition =
            json!({ "Namespace": "Trilho", "Dimensions": [dimensions], "Metrics": named });
        (!named.is_empty()).then_some(definition)
    };
    let by_dimension = ["stage"].into_iter().chain(dimension).collect();
    let definitions =
        [definition(by_dimension, &of_dimension), definition(vec!["stage"], &of_stage)];
    let definitions: Vec<_> = definitions.into_iter().flatten().collect();
    json!({ "Timestamp": now.as_millisecond(), "CloudWatchMetrics": definitions })
}

/// Returns the text of an error with all its sources. Errors of the table and the SDK hold keys and
/// codes, never the values of the request.
pub fn causes(error: &Error) -> String {
    let mut causes = vec![error.to_string()];
    let mut source = error.source();
    while let Some(cause) = source {
        causes.push(cause.to_string());
        source = cause.source();
    }
    // One text, because in a list each cause would be a field of its own in a search of the log.
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
