//! Messages for payouts and refunds that have a network action to do.

use domain::network::{NetworkAction, OutboundOrder};
use jiff::{SignedDuration, Timestamp};
use queue::OrderMessage;
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
