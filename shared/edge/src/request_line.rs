//! The log line of a request. It never holds a secret, a body, an address or personal data.

use domain::account::Stage;
use domain::kernel::{Code, Error};
use jiff::Timestamp;
use runtime::{Level, Metric, causes, metric_definitions};
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
    /// Returns the line. CloudWatch takes 0.30 dollars a month for each metric, and Lambda has the number and
    /// the duration of the runs of each operation without charge. So only `errors` and `card_numbers_refused`
    /// are metrics, by stage and not by operation, and only if there is one.
    pub(crate) fn json(&self, now: Timestamp, stage: Stage) -> Value {
        let (denial, caller) = self.incoming.notes();
        let status = self.reply.status.as_u16();
        let is_failed = status >= 500;
        let level = if is_failed { Level::Error } else { Level::Info };
        let mut fields = json!({
            "level": level.as_str(),
            "stage": stage.as_str(),
            "operation": self.operation.name,
            "latency_ms": self.latency_ms,
            "errors": u64::from(is_failed),
        });
        let is_card = |error: &&Error| problem::status_of(error).1 == Code::CardNumberRefused;
        let card = self.error.filter(is_card).map(|_| "card_numbers_refused");
        if let Some(name) = is_failed.then_some("errors").or(card) {
            fields[name] = json!(1);
            fields["_aws"] = metric_definitions(now, None, &[Metric::count(name, 1)]);
        }
        fields["storage_round_trips"] = json!(self.trips.sequential);
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
