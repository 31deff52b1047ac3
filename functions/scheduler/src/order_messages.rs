//! The due payouts, refunds and credits: a message for each that has a network action to do, and the rule
//! of its kind for the others.

use std::sync::{Mutex, PoisonError};

use domain::kernel::Error;
use domain::network::{NetworkAction, OutboundOrder, Submission};
use jiff::{SignedDuration, Timestamp};
use queue::OrderMessage;
use runtime::{Metric, Unit};
use store::{DueList, Item};
use worker::{Report, Worker};

use crate::due::JobRun;

/// Rows of an account in one turn: their messages are one request to the queue.
const ORDERS_PER_TURN: usize = 10;

/// Age up to which the stream sends the message of a new order.
const RESEND_AFTER: SignedDuration = SignedDuration::from_secs(30);

/// Works the due rows of a list. Sends a message for each with a network action to do, or with something
/// `other_work` of the worker that is due since the time it returns, and calls `advance` for the others.
/// Returns the number of rows that advanced or got a message. A failed row is logged and stays due.
pub(crate) async fn each_order<R, F>(
    worker: &Worker,
    list: DueList,
    other_work: impl Fn(&R, Timestamp) -> Option<Timestamp>,
    advance: impl Fn(R) -> F,
) -> Result<Report, Error>
where
    R: OutboundOrder + Item,
    OrderMessage: for<'a> From<&'a R>,
    F: Future<Output = bool>,
{
    let run = &JobRun::start(worker, list);
    let (app, oldest) = (&worker.app, &Mutex::new(OldestOrder::default()));
    let (other_work, advance) = (&other_work, &advance);
    let report = run.each_group(ORDERS_PER_TURN, |keys| async move {
        let mut messages = Vec::new();
        for row in app.store.read(&keys).await?.into_iter().flatten() {
            let order = match row.read::<R>() {
                Ok(order) => order,
                Err(error) => {
                    app.warn("could not read an order; it stays due", &error);
                    continue;
                }
            };
            let now = app.moment().now;
            if order.due_action(now).is_some() {
                oldest.lock().unwrap_or_else(PoisonError::into_inner).note(order.submission());
                messages.extend(message(&order, now));
            } else if let Some(due_at) = other_work(&order, now) {
                messages.extend((due_at <= now - RESEND_AFTER).then(|| OrderMessage::from(&order)));
            } else if run.is_time_left() {
                run.add(u64::from(advance(order).await));
            }
        }
        run.add(send(worker, &messages).await);
        Ok(())
    });
    let mut report = report.await?;
    let oldest = oldest.lock().unwrap_or_else(PoisonError::into_inner);
    report.metrics.push(oldest.metric(run.began()));
    Ok(report)
}

/// Returns the message of an order with an action that is due, unless the stream has just sent it.
pub(crate) fn message<R>(order: &R, now: Timestamp) -> Option<OrderMessage>
where
    R: OutboundOrder,
    OrderMessage: for<'a> From<&'a R>,
{
    let sent_by_scheduler = order
        .next_action()
        .is_some_and(|(at, action)| action != NetworkAction::Submit || at <= now - RESEND_AFTER);
    sent_by_scheduler.then(|| OrderMessage::from(order))
}

/// Sends the messages; returns their number.
pub(crate) async fn send(worker: &Worker, messages: &[OrderMessage]) -> u64 {
    match worker.lanes.send_orders(messages).await {
        Ok(()) => u64::try_from(messages.len()).unwrap_or(u64::MAX),
        Err(error) => {
            worker.app.warn("could not send order messages; the next tick resends them", &error);
            0
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
