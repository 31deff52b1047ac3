//! One queue: its messages, and what becomes of them as they are received and time passes.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::fairness::{FairOrder, Group};
use super::random::Random;
use super::refusal::{NOT_IN_FLIGHT, OVER_LIMIT, PURGE_IN_PROGRESS, QueueError};
use super::settings::{QueueSettings, VISIBILITY_SECONDS_MAX};

/// Messages of a standard queue that can be in flight at once.
const IN_FLIGHT_MAX: usize = 120_000;
/// A queue is purged once in so long.
const PURGE_SECONDS: i64 = 60;

/// A message.
#[derive(Debug, Clone)]
pub(super) struct QueueMessage {
    pub(super) id: String,
    pub(super) body: Arc<str>,
    pub(super) group: Option<Arc<str>>,
    /// It stays when the message moves to a dead-letter queue, whose retention counts from it.
    pub(super) sent_at: Timestamp,
    pub(super) received: u64,
    pub(super) first_received_at: Option<Timestamp>,
    /// The queue whose dead letter it is.
    pub(super) source: Option<String>,
}

/// Where a message is within its queue, and which of its receipts is the last one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Receipt {
    pub(super) place: u64,
    pub(super) number: u64,
}

/// What one receive came to.
#[derive(Debug, Default)]
pub(super) struct ReceivedMessage {
    pub(super) delivered: Vec<(QueueMessage, Receipt)>,
    /// Received too often: they belong into the dead-letter queue.
    pub(super) dead: Vec<QueueMessage>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Visibility {
    Visible,
    Delayed { until: Timestamp },
    InFlight { since: Timestamp, until: Timestamp },
}

#[derive(Debug)]
struct Held {
    message: QueueMessage,
    visibility: Visibility,
    /// The number of its last receipt; 0 is none.
    receipt: u64,
    /// Left behind by a disturbance.
    copy: bool,
}

impl Held {
    fn group(&self, place: u64) -> Group {
        match &self.message.group {
            Some(name) => Group::Named(Arc::clone(name)),
            None => Group::Alone(place),
        }
    }
}

/// A queue. Places and receipts count up, so the lower place is the older message.
#[derive(Debug)]
pub(super) struct Mailbox {
    pub(super) settings: QueueSettings,
    held: HashMap<u64, Held>,
    visible: FairOrder,
    /// Delayed and in flight, by when they become visible.
    hidden: BTreeSet<(Timestamp, u64)>,
    in_flight: usize,
    /// Everything, by when it was sent.
    by_age: BTreeSet<(Timestamp, u64)>,
    places: u64,
    receipts: u64,
    purged_at: Option<Timestamp>,
}

impl Mailbox {
    pub(super) fn new(settings: QueueSettings) -> Self {
        Self {
            settings,
            held: HashMap::new(),
            visible: FairOrder::default(),
            hidden: BTreeSet::new(),
            in_flight: 0,
            by_age: BTreeSet::new(),
            places: 0,
            receipts: 0,
            purged_at: None,
        }
    }

    /// How many are visible, in flight and delayed.
    pub(super) fn counts(&mut self, now: Timestamp) -> (usize, usize, usize) {
        self.settle(now);
        (self.visible.len(), self.in_flight, self.hidden.len() - self.in_flight)
    }

    /// When something is visible: now, or later.
    pub(super) fn next_visible_at(&mut self, now: Timestamp) -> Option<Timestamp> {
        self.settle(now);
        if self.visible.len() > 0 {
            return Some(now);
        }
        self.hidden.first().map(|(until, _)| *until)
    }

    /// Takes a message in, visible in so many seconds.
    pub(super) fn put(&mut self, message: QueueMessage, delay: i64, now: Timestamp) {
        self.hold(message, delay, now, false);
    }

    fn hold(&mut self, message: QueueMessage, delay: i64, now: Timestamp, copy: bool) {
        self.places += 1;
        let place = self.places;
        self.by_age.insert((message.sent_at, place));
        let mut held = Held { message, visibility: Visibility::Visible, receipt: 0, copy };
        if delay > 0 {
            let until = now + SignedDuration::from_secs(delay);
            held.visibility = Visibility::Delayed { until };
            self.hidden.insert((until, place));
        } else {
            self.visible.add(&held.group(place), place);
        }
        self.held.insert(place, held);
    }

    /// Up to `count` messages, hidden for so many seconds from now.
    pub(super) fn receive(
        &mut self,
        count: usize,
        visibility: i64,
        now: Timestamp,
        random: &mut Random,
    ) -> Result<ReceivedMessage, QueueError> {
        self.settle(now);
        if self.in_flight >= IN_FLIGHT_MAX {
            return Err(QueueError::new(OVER_LIMIT, "Too many messages are in flight."));
        }
        let mut received = ReceivedMessage::default();
        let mut copies = Vec::new();
        while received.delivered.len() < count {
            let next =
                if random.reorders() { self.visible.any(random) } else { self.visible.next() };
            let Some(place) = next else { break };
            if self.is_dead(place) {
                received.dead.extend(self.forget(place));
                continue;
            }
            let (message, receipt, copy) = self.deliver(place, visibility, now);
            if !copy && random.duplicates() {
                // As on a server that has not learned of this receive.
                copies.push(QueueMessage { received: message.received - 1, ..message.clone() });
            }
            received.delivered.push((message, receipt));
        }
        // Not before: one answer never holds a message twice.
        for copy in copies {
            self.hold(copy, 0, now, true);
        }
        Ok(received)
    }

    fn is_dead(&self, place: u64) -> bool {
        let received = self.held.get(&place).map_or(0, |held| held.message.received);
        self.settings.redrive.as_ref().is_some_and(|redrive| received >= redrive.receives_max)
    }

    fn deliver(
        &mut self,
        place: u64,
        visibility: i64,
        now: Timestamp,
    ) -> (QueueMessage, Receipt, bool) {
        self.receipts += 1;
        let until = now + SignedDuration::from_secs(visibility);
        let held = self.held.get_mut(&place).expect("what is visible is held");
        held.message.received += 1;
        held.message.first_received_at.get_or_insert(now);
        held.receipt = self.receipts;
        held.visibility = Visibility::InFlight { since: now, until };
        let group = held.group(place);
        let delivered = (held.message.clone(), held.copy);
        self.visible.remove(&group, place);
        self.visible.depart(&group);
        self.hidden.insert((until, place));
        self.in_flight += 1;
        (delivered.0, Receipt { place, number: self.receipts }, delivered.1)
    }

    /// Deletes a message, wherever it is. An older receipt than its last one deletes nothing and is
    /// no error, and neither is one whose message is gone. AWS promises no more than "might not be
    /// deleted" for the older one; the worse case is the one to be ready for.
    pub(super) fn delete(&mut self, receipt: Receipt, now: Timestamp) {
        self.settle(now);
        if self.held.get(&receipt.place).is_some_and(|held| held.receipt == receipt.number) {
            self.forget(receipt.place);
        }
    }

    /// Hides a message in flight for so many seconds from now.
    pub(super) fn change_visibility(
        &mut self,
        handle: &str,
        receipt: Receipt,
        visibility: i64,
        now: Timestamp,
    ) -> Result<(), QueueError> {
        self.settle(now);
        let place = receipt.place;
        let Some(held) = self.held.get_mut(&place).filter(|held| held.receipt == receipt.number)
        else {
            let reason =
                "Message does not exist or is not available for visibility timeout change.";
            return Err(QueueError::parameter("ReceiptHandle", handle, reason));
        };
        let Visibility::InFlight { since, until: before } = held.visibility else {
            return Err(QueueError::new(NOT_IN_FLIGHT, "The message is not in flight."));
        };
        let until = now + SignedDuration::from_secs(visibility);
        if until.duration_since(since) > SignedDuration::from_secs(VISIBILITY_SECONDS_MAX) {
            let reason =
                "Total VisibilityTimeout for the message is beyond the limit [43200 seconds]";
            return Err(QueueError::parameter("VisibilityTimeout", visibility, reason));
        }
        held.visibility = Visibility::InFlight { since, until };
        self.hidden.remove(&(before, place));
        self.hidden.insert((until, place));
        Ok(())
    }

    /// Deletes everything. On AWS it takes up to a minute; here it is done at once.
    pub(super) fn purge(&mut self, name: &str, now: Timestamp) -> Result<(), QueueError> {
        let pause = SignedDuration::from_secs(PURGE_SECONDS);
        if self.purged_at.is_some_and(|at| now.duration_since(at) < pause) {
            let message = format!(
                "Only one PurgeQueue operation on {name} is allowed every {PURGE_SECONDS} seconds."
            );
            return Err(QueueError::new(PURGE_IN_PROGRESS, message));
        }
        // Places and receipts go on counting: an old handle must not meet a new message.
        *self = Self {
            places: self.places,
            receipts: self.receipts,
            purged_at: Some(now),
            ..Self::new(self.settings.clone())
        };
        Ok(())
    }

    /// What the passing of time has done: delays and visibility timeouts end, old messages expire.
    fn settle(&mut self, now: Timestamp) {
        while let Some((until, place)) = self.hidden.first().copied()
            && until <= now
        {
            self.hidden.pop_first();
            let held = self.held.get_mut(&place).expect("what is hidden is held");
            let in_flight = matches!(held.visibility, Visibility::InFlight { .. });
            held.visibility = Visibility::Visible;
            let group = held.group(place);
            self.visible.add(&group, place);
            if in_flight {
                self.in_flight -= 1;
                self.visible.arrive(&group);
            }
        }
        let retention = SignedDuration::from_secs(self.settings.retention);
        while let Some((sent_at, place)) = self.by_age.first().copied()
            && sent_at + retention <= now
        {
            self.forget(place);
        }
    }

    fn forget(&mut self, place: u64) -> Option<QueueMessage> {
        let held = self.held.remove(&place)?;
        self.by_age.remove(&(held.message.sent_at, place));
        let group = held.group(place);
        match held.visibility {
            Visibility::Visible => self.visible.remove(&group, place),
            Visibility::Delayed { until } => drop(self.hidden.remove(&(until, place))),
            Visibility::InFlight { until, .. } => {
                self.hidden.remove(&(until, place));
                self.in_flight -= 1;
                self.visible.arrive(&group);
            }
        }
        Some(held.message)
    }
}
