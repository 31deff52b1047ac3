//! One JSON line per request, with metrics in CloudWatch's embedded format. Never a secret, a body,
//! an address or personal data.

use std::error::Error as StdError;

use domain::Error;
use serde_json::{Value, json};
use store::TripCount;

use crate::incoming::Incoming;
use crate::{Answer, App, Operation, problem};

/// What a request came to.
pub(crate) struct Line<'a> {
    pub(crate) operation: &'a Operation,
    pub(crate) incoming: &'a Incoming,
    pub(crate) answer: &'a Answer,
    pub(crate) error: Option<&'a Error>,
    pub(crate) latency_ms: u64,
    pub(crate) trips: TripCount,
}

pub(crate) fn request(app: &App, line: &Line<'_>) {
    let (denial, caller) = line.incoming.notes();
    let status = line.answer.status.as_u16();
    let mut fields = json!({
        "_aws": {
            "Timestamp": app.clock.now().as_millisecond(),
            "CloudWatchMetrics": [{
                "Namespace": "Trilho",
                "Dimensions": [["operation"]],
                "Metrics": [
                    {"Name": "latency_ms", "Unit": "Milliseconds"},
                    {"Name": "storage_round_trips", "Unit": "Count"},
                    {"Name": "errors", "Unit": "Count"},
                ],
            }],
        },
        "level": if status >= 500 { "error" } else { "info" },
        "operation": line.operation.name,
        "method": line.operation.method.as_str(),
        "route": line.operation.path,
        "status": status,
        "errors": u8::from(status >= 500),
        "latency_ms": line.latency_ms,
        "storage_round_trips": line.trips.sequential,
        "storage_requests": line.trips.requests,
        "request_id": line.incoming.request_id,
    });
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
            fields["cause"] = json!(chain(error));
        }
    }
    app.log.line(&fields);
}

/// Something went wrong beside a request that succeeded.
pub(crate) fn warning(app: &App, message: &str, error: &Error) {
    app.log.line(&json!({ "level": "warn", "message": message, "cause": chain(error) }));
}

/// An error and everything behind it. The table's and the SDK's errors hold keys and codes, never
/// the values that were sent.
pub(crate) fn chain(error: &Error) -> Value {
    let mut causes = vec![error.to_string()];
    let mut source = error.source();
    while let Some(cause) = source {
        causes.push(cause.to_string());
        source = cause.source();
    }
    json!(causes)
}
