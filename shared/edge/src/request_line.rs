//! The log line of a request. It never holds a secret, a body, an address or personal data.

use domain::account::Stage;
use domain::kernel::Error;
use jiff::Timestamp;
use runtime::{Level, Metric, causes, metric_line};
use serde_json::{Value, json};
use store::TripCount;

use crate::incoming::Incoming;
use crate::operation::Operation;
use crate::problem;
use crate::reply::HttpReply;

/// A request and its outcome.
pub(crate) struct RequestLine<'a> {
    pub(crate) operation: &'a Operation,
    pub(crate) incoming: &'a Incoming,
    pub(crate) reply: &'a HttpReply,
    pub(crate) error: Option<&'a Error>,
    pub(crate) latency_ms: u64,
    pub(crate) trips: TripCount,
}

impl RequestLine<'_> {
    /// Returns the line, with metrics by operation.
    pub(crate) fn json(&self, now: Timestamp, stage: Stage) -> Value {
        let (denial, caller) = self.incoming.notes();
        let status = self.reply.status.as_u16();
        let level = if status >= 500 { Level::Error } else { Level::Info };
        let metrics = [
            Metric::new("latency_ms", runtime::Unit::Milliseconds, self.latency_ms),
            Metric::count("storage_round_trips", u64::from(self.trips.sequential)),
            Metric::count("errors", u64::from(status >= 500)),
        ];
        let mut fields =
            metric_line(now, stage, level, ("operation", self.operation.name), &metrics);
        fields["method"] = json!(self.operation.method.as_str());
        fields["route"] = json!(self.operation.path);
        fields["status"] = json!(status);
        fields["storage_requests"] = json!(self.trips.requests);
        fields["request_id"] = json!(self.incoming.request_id);
        if let Some(caller) = caller {
            fields["account_id"] = json!(caller.account_id);
            fields["user_id"] = json!(caller.user_id);
            fields["key_id"] = json!(caller.key_id);
        }
        if let Some(denial) = denial {
            fields["denial"] = json!(denial.to_string());
        }
        if let Some(error) = self.error {
            fields["code"] = json!(problem::status_of(error).1);
            if status >= 500 {
                fields["cause"] = json!(causes(error));
            }
        }
        fields
    }
}
