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
    /// Rows in the stream of the main table that pass [`STREAM_FILTERS`].
    Stream,
    /// Messages of this queue.
    Queue(Lane),
    /// A person who runs the deployment.
    Operator,
}

/// The filters of the event source of the stream, on the new image of a row; a row passes if it matches
/// one: events to publish, new ones and those that were requested again; payouts, refunds, returns of
/// credits and orders of boletos to submit to their network, and payouts to check the owner of; exports that no worker has started.
/// <https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html>
pub const STREAM_FILTERS: [&str; 3] = [
    r#"{"row_kind":{"S":["event"]},"due_pk":{"S":[{"prefix":"RELAY#"}]}}"#,
    r#"{"row_kind":{"S":["payout","refund","credit","boleto_order","card_order","dispute_order"]},"due":{"M":{"step":{"M":{"step":{"S":["submit","check_owner"]}}}}}}"#,
    r#"{"row_kind":{"S":["statement_export"]},"status":{"S":["waiting"]}}"#,
];

impl fmt::Display for Trigger {
    /// Writes it as docs/functions.md shows it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Request(operation) => write!(f, "`{} {}`", operation.method, operation.path),
            Self::Minute => f.write_str("schedule, every minute"),
            Self::Stream => f.write_str("stream: events, orders and exports"),
            Self::Queue(lane) => {
                let queue = match lane {
                    Lane::Live => "live",
                    Lane::Retry => "retry",
                    Lane::Orders => "orders",
                    Lane::Exports => "exports",
                    Lane::Uploads => "uploads",
                };
                write!(f, "queue `{queue}`")
            }
            Self::Operator => f.write_str("operator"),
        }
    }
}
