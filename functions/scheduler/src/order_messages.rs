//! Payouts and refunds whose network is to be spoken to: who is sent, and when.

use domain::network::{NetworkAction, OutboundOrder};
use jiff::{SignedDuration, Timestamp};
use queue::OrderMessage;
use worker::Worker;

/// What went this short a time ago is left to the stream.
const RESEND_AFTER: SignedDuration = SignedDuration::from_secs(30);

/// The messages of a page.
#[derive(Default)]
pub(crate) struct OrderMessages(Vec<OrderMessage>);

impl OrderMessages {
    /// Whether a row waits for an errand to the network; somebody is sent if nobody is on their way.
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

    /// Sends the messages; how many.
    pub(crate) async fn send(self, worker: &Worker) -> u64 {
        match worker.lanes.send_orders(&self.0).await {
            Ok(()) => u64::try_from(self.0.len()).unwrap_or(u64::MAX),
            Err(error) => {
                worker.app.warn("messages are left to the next tick", &error);
                0
            }
        }
    }
}
