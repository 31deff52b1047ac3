//! What starts a function.

use std::fmt;

use edge::Operation;
use queue::Lane;

/// What starts a function.
#[derive(Clone, Copy)]
pub enum Trigger {
    /// A request at the gateway.
    Request(&'static Operation),
    /// The schedule, every minute.
    Minute,
    /// Rows in the stream of the main table that match this filter.
    Stream(StreamFilter),
    /// Messages of this queue.
    Queue(Lane),
    /// A person who runs the deployment.
    Operator,
}

/// Which rows of the stream start a function.
#[derive(Clone, Copy)]
pub enum StreamFilter {
    /// Events to publish: new ones, and those that were requested again.
    Events,
    /// Payouts and refunds to submit to their network, and exports that no worker has started.
    Work,
}

impl StreamFilter {
    /// Returns the filters of the event source, on the new image of a row; a row passes if it
    /// matches one.
    /// <https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html>
    pub const fn filters(self) -> &'static [&'static str] {
        match self {
            Self::Events => {
                &[r#"{"row_kind":{"S":["event"]},"due_pk":{"S":[{"prefix":"RELAY#"}]}}"#]
            }
            Self::Work => &[
                r#"{"row_kind":{"S":["payout","refund"]},"due":{"M":{"step":{"M":{"step":{"S":["submit"]}}}}}}"#,
                r#"{"row_kind":{"S":["statement_export"]},"status":{"S":["waiting"]}}"#,
            ],
        }
    }
}

impl fmt::Display for Trigger {
    /// Writes it as docs/functions.md shows it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Request(operation) => write!(f, "`{} {}`", operation.method, operation.path),
            Self::Minute => f.write_str("schedule, every minute"),
            Self::Stream(StreamFilter::Events) => f.write_str("stream, events"),
            Self::Stream(StreamFilter::Work) => f.write_str("stream, orders and exports"),
            Self::Queue(lane) => {
                let queue = match lane {
                    Lane::Live => "live",
                    Lane::Retry => "retry",
                    Lane::Orders => "orders",
                    Lane::Exports => "exports",
                };
                write!(f, "queue `{queue}`")
            }
            Self::Operator => f.write_str("operator"),
        }
    }
}
