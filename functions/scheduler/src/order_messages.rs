//! Messages for payouts and refunds that have a network action to do.

use domain::network::{NetworkAction, OutboundOrder, Submission};
use jiff::{SignedDuration, Timestamp};
use queue::OrderMessage;
use runtime::{Metric, Unit};
use worker::Worker;

/// Age up to which the stream sends the message of a new order.
const RESEND_AFTER: SignedDuration = SignedDuration::from_secs(30);

/// The messages of a page.
#[derive(Default)]
pub(crate) struct OrderMessages(Vec<OrderMessage>);

impl OrderMessages {
    /// Returns true if a network action of the row is due. Adds a message, unless the stream has
    /// just sent one.
    pub(crate) fn push_if_due<'a, R: OutboundOrder>(&mut self, row: &'a R, now: Timestamp) -> bool
    where
        OrderMessage: From<&'a R>,
    {
        if row.due_action(now).is_none() {
            return false;
        }
        let is_sendable =
            |(at, due_action)| due_action != NetworkAction::Submit || at <= now - RESEND_AFTER;
        self.0.extend(row.next_action().is_some_and(is_sendable).then(|| OrderMessage::from(row)));
        true
    }

    /// Sends the messages; returns their number.
    pub(crate) async fn send(self, worker: &Worker) -> u64 {
        match worker.lanes.send_orders(&self.0).await {
            Ok(()) => u64::try_from(self.0.len()).unwrap_or(u64::MAX),
            Err(error) => {
                worker
                    .app
                    .warn("could not send order messages; the next tick resends them", &error);
                0
            }
        }
    }
}

/// Metric: seconds since the release of the oldest order that still needs an answer of the network;
/// 0 if there is none.
const OLDEST_ORDER_SECONDS: &str = "oldest_order_seconds";

/// The oldest order of a tick that the worker must submit or query.
#[derive(Default)]
pub(crate) struct OldestOrder(Option<Timestamp>);

impl OldestOrder {
    /// Notes an order with a network action to do.
    pub(crate) fn note(&mut self, submission: Option<&Submission>) {
        let since = submission.map(|submission| submission.queued_at);
        self.0 = self.0.into_iter().chain(since).min();
    }

    /// Returns the metric.
    pub(crate) fn metric(&self, now: Timestamp) -> Metric {
        let age = self.0.map_or(SignedDuration::ZERO, |since| now.duration_since(since));
        Metric::new(OLDEST_ORDER_SECONDS, Unit::Seconds, u64::try_from(age.as_secs()).unwrap_or(0))
    }
}
