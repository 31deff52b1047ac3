//! The dialogue between an order and the payment network: which action is due, and when. Payouts and
//! refunds share it.
//!
//! A missing response says nothing. The money stays held, and workers query the network by the order
//! id until it reports a result. If a worker submits an order again, the network recognises the id. So
//! the network never pays an order twice, and no worker gives up an order that could still be paid.
use crate::network::Submission;
use jiff::{SignedDuration, Timestamp};

/// How long a worker holds the lease on an order. When it expires, the scheduler starts a status
/// query. Longer than the timeout of the function.
const LEASE: SignedDuration = SignedDuration::from_secs(60);
/// The delay before the next query, by the number of calls made to the network.
const QUERY_BACKOFF: [SignedDuration; 5] = [
    SignedDuration::from_mins(1),
    SignedDuration::from_mins(2),
    SignedDuration::from_mins(5),
    SignedDuration::from_mins(10),
    SignedDuration::from_mins(30),
];
/// The network executes no order that was released longer ago: the Central Bank's settlement system
/// tolerates 12 hours between the minute in an end-to-end id and its processing. One hour more covers
/// clocks that are wrong.
pub(crate) const SUBMIT_WINDOW: SignedDuration = SignedDuration::from_hours(13);

/// A call to the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NetworkAction {
    /// Submit the order.
    Submit,
    /// Query the status of the order. Submit it again if the network does not have it.
    Query,
}

/// An order that workers submit to the network and query: a payout or a refund.
pub trait OutboundOrder {
    /// Returns true if the order was released and has not ended.
    fn is_in_flight(&self) -> bool;

    /// Returns the submission. Returns `None` if the order was not released.
    fn submission(&self) -> Option<&Submission>;

    /// Returns the name of the provider that has the order. Returns `None` before the first claim.
    fn provider(&self) -> Option<&str> {
        self.submission()?.provider.as_deref()
    }

    /// Returns the submission, to change it.
    fn submission_mut(&mut self) -> Option<&mut Submission>;

    /// Returns the next action and its time. Returns `None` if the order waits for something else.
    fn next_action(&self) -> Option<(Timestamp, NetworkAction)>;

    /// Schedules the next action.
    fn schedule_action(&mut self, action: NetworkAction, at: Timestamp);

    /// Returns the time after which the network rejects the order.
    fn submit_deadline(&self) -> Option<Timestamp>;

    /// Claims the action that is due and takes the lease. From here on the network may have the order,
    /// so the next worker queries, at the same provider. Returns `None` if no action is due.
    fn claim(&mut self, provider: &str, now: Timestamp) -> Option<NetworkAction> {
        let action = self.due_action(now)?;
        let submission = self.submission_mut()?;
        submission.attempts = submission.attempts.saturating_add(1);
        submission.provider.get_or_insert_with(|| provider.to_owned());
        self.schedule_action(NetworkAction::Query, now + LEASE);
        Some(action)
    }

    /// Returns the action that is due.
    fn due_action(&self, now: Timestamp) -> Option<NetworkAction> {
        let due = self.next_action().filter(|(at, _)| *at <= now && self.is_in_flight());
        due.map(|(_, action)| action)
    }

    /// Defers the action: the network does not have the order, and the worker did not submit it. An
    /// order that was submitted before is queried first, as always.
    fn defer(&mut self, action: NetworkAction, until: Timestamp) {
        if let Some(submission) = self.submission_mut().filter(|_| action == NetworkAction::Submit)
        {
            // The worker did not call the network.
            submission.attempts = submission.attempts.saturating_sub(1);
        }
        self.schedule_action(action, until);
    }

    /// Records that the network did not respond, and schedules a query.
    fn record_no_response(&mut self, now: Timestamp) {
        if let Some(submission) = self.submission_mut() {
            submission.unconfirmed_since.get_or_insert(now);
        }
        self.schedule_query(now);
    }

    /// Schedules a query; the delay grows with the number of calls.
    fn schedule_query(&mut self, now: Timestamp) {
        let attempts = self.submission().map_or(1, |submission| submission.attempts.max(1));
        let index = usize::try_from(attempts - 1).unwrap_or(usize::MAX);
        let delay = QUERY_BACKOFF[index.min(QUERY_BACKOFF.len() - 1)];
        self.schedule_action(NetworkAction::Query, now + delay);
    }

    /// Returns true if the network would still accept the order that it does not have. If false, the
    /// order will never be paid.
    fn may_be_submitted(&self, now: Timestamp) -> bool {
        self.submit_deadline().is_some_and(|deadline| now < deadline)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An order that is always in flight.
    struct TestOrder {
        submission: Submission,
        next: Option<(Timestamp, NetworkAction)>,
    }

    impl OutboundOrder for TestOrder {
        fn is_in_flight(&self) -> bool {
            true
        }

        fn submission(&self) -> Option<&Submission> {
            Some(&self.submission)
        }

        fn submission_mut(&mut self) -> Option<&mut Submission> {
            Some(&mut self.submission)
        }

        fn next_action(&self) -> Option<(Timestamp, NetworkAction)> {
            self.next
        }

        fn schedule_action(&mut self, action: NetworkAction, at: Timestamp) {
            self.next = Some((at, action));
        }

        fn submit_deadline(&self) -> Option<Timestamp> {
            None
        }
    }

    #[test]
    fn an_order_keeps_the_provider_of_its_first_claim() {
        let now = Timestamp::UNIX_EPOCH;
        let submission = Submission::new("order".to_owned(), None, now);
        let mut order = TestOrder { submission, next: Some((now, NetworkAction::Submit)) };
        assert_eq!(order.provider(), None);
        assert_eq!(order.claim("first", now), Some(NetworkAction::Submit));
        assert_eq!(order.claim("second", now + LEASE), Some(NetworkAction::Query));
        assert_eq!(order.provider(), Some("first"));
    }
}
