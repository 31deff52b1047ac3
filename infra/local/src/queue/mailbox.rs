//! One queue: its messages, and how receives and time change them.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::fairness::{FairOrder, MessageGroup};
use super::random::Random;
use super::refusal::{NOT_IN_FLIGHT, OVER_LIMIT, PURGE_IN_PROGRESS, QueueError};
use super::settings::{QueueSettings, VISIBILITY_SECONDS_MAX};

/// Most messages of a standard queue that can be in flight.
const IN_FLIGHT_MAX: usize = 120_000;
/// Shortest time between two purges of a queue, in seconds.
const PURGE_SECONDS: i64 = 60;

/// A message.
#[derive(Debug, Clone)]
pub(super) struct QueueMessage {
    pub(super) id: String,
    pub(super) body: Arc<str>,
    pub(super) group: Option<Arc<str>>,
    /// Kept when the message moves to a dead-letter queue, because its retention counts from this
    /// time.
    pub(super) sent_at: Timestamp,
    pub(super) received: u64,
    pub(super) first_received_at: Option<Timestamp>,
    /// The queue that the dead letter comes from.
    pub(super) source: Option<String>,
}

/// The position of a message in its queue, and the number of its last receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct MessageReceipt {
    pub(super) position: u64,
    pub(super) number: u64,
}

/// The result of one receive.
#[derive(Debug, Default)]
pub(super) struct ReceivedMessage {
    pub(super) delivered: Vec<(QueueMessage, MessageReceipt)>,
    /// Messages received too often, which belong into the dead-letter queue.
    pub(super) dead: Vec<QueueMessage>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Visibility {
    Visible,
    Delayed { until: Timestamp },
    InFlight { since: Timestamp, until: Timestamp },
}

#[derive(Debug)]
struct QueuedItem {
    message: QueueMessage,
    visibility: Visibility,
    /// Number of the last receipt; 0 if the message was never received.
    receipt: u64,
    /// True for a copy that a disturbance made.
    copy: bool,
}

impl QueuedItem {
    fn group(&self, position: u64) -> MessageGroup {
        match &self.message.group {
            Some(name) => MessageGroup::Named(Arc::clone(name)),
            None => MessageGroup::Alone(position),
        }
    }
}

/// A queue. Positions and receipts count up, so a lower position is an older message.
#[derive(Debug)]
pub(super) struct Mailbox {
    pub(super) settings: QueueSettings,
    held: HashMap<u64, QueuedItem>,
    visible: FairOrder,
    /// Messages delayed or in flight, by the time they become visible.
    hidden: BTreeSet<(Timestamp, u64)>,
    in_flight: usize,
    /// All messages, by the time they were sent.
    by_age: BTreeSet<(Timestamp, u64)>,
    positions: u64,
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
            positions: 0,
            receipts: 0,
            purged_at: None,
        }
    }

    /// Returns how many messages are visible, in flight and delayed.
    pub(super) fn counts(&mut self, now: Timestamp) -> (usize, usize, usize) {
        self.settle(now);
        (self.visible.len(), self.in_flight, self.hidden.len() - self.in_flight)
    }

    /// Returns when the next message is visible, or `None` if the queue is empty.
    pub(super) fn next_visible_at(&mut self, now: Timestamp) -> Option<Timestamp> {
        self.settle(now);
        if self.visible.len() > 0 {
            return Some(now);
        }
        self.hidden.first().map(|(until, _)| *until)
    }

    /// Adds a message that becomes visible after `delay` seconds.
    pub(super) fn put(&mut self, message: QueueMessage, delay: i64, now: Timestamp) {
        self.hold(message, delay, now, false);
    }

    fn hold(&mut self, message: QueueMessage, delay: i64, now: Timestamp, copy: bool) {
        self.positions += 1;
        let position = self.positions;
        self.by_age.insert((message.sent_at, position));
        let mut held = QueuedItem { message, visibility: Visibility::Visible, receipt: 0, copy };
        if delay > 0 {
            let until = now + SignedDuration::from_secs(delay);
            held.visibility = Visibility::Delayed { until };
            self.hidden.insert((until, position));
        } else {
            self.visible.add(&held.group(position), position);
        }
        self.held.insert(position, held);
    }

    /// Returns up to `count` messages and hides them for `visibility` seconds.
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
            let Some(position) = next else { break };
            if self.is_dead(position) {
                received.dead.extend(self.forget(position));
                continue;
            }
            let (message, receipt, copy) = self.deliver(position, visibility, now);
            if !copy && random.duplicates() {
                // As on a server that does not know of this receive.
                copies.push(QueueMessage { received: message.received - 1, ..message.clone() });
            }
            received.delivered.push((message, receipt));
        }
        // Only now, because one answer never has a message twice.
        for copy in copies {
            self.hold(copy, 0, now, true);
        }
        Ok(received)
    }

    fn is_dead(&self, position: u64) -> bool {
        let received = self.held.get(&position).map_or(0, |held| held.message.received);
        self.settings.redrive.as_ref().is_some_and(|redrive| received >= redrive.receives_max)
    }

    fn deliver(
        &mut self,
        position: u64,
        visibility: i64,
        now: Timestamp,
    ) -> (QueueMessage, MessageReceipt, bool) {
        self.receipts += 1;
        let until = now + SignedDuration::from_secs(visibility);
        let held = self.held.get_mut(&position).expect("a visible message is held");
        held.message.received += 1;
        held.message.first_received_at.get_or_insert(now);
        held.receipt = self.receipts;
        held.visibility = Visibility::InFlight { since: now, until };
        let group = held.group(position);
        let delivered = (held.message.clone(), held.copy);
        self.visible.remove(&group, position);
        self.visible.depart(&group);
        self.hidden.insert((until, position));
        self.in_flight += 1;
        (delivered.0, MessageReceipt { position, number: self.receipts }, delivered.1)
    }

    /// Deletes a message in any state. A receipt older than the last one deletes nothing, and is no
    /// error; nor is a receipt of a deleted message. For an older receipt AWS says only that the
    /// message "might not be deleted"; this queue does the worse of the two.
    pub(super) fn delete(&mut self, receipt: MessageReceipt, now: Timestamp) {
        self.settle(now);
        if self.held.get(&receipt.position).is_some_and(|held| held.receipt == receipt.number) {
            self.forget(receipt.position);
        }
    }

    /// Hides a message in flight for `visibility` seconds from now.
    pub(super) fn change_visibility(
        &mut self,
        handle: &str,
        receipt: MessageReceipt,
        visibility: i64,
        now: Timestamp,
    ) -> Result<(), QueueError> {
        self.settle(now);
        let position = receipt.position;
        let Some(held) = self.held.get_mut(&position).filter(|held| held.receipt == receipt.number)
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
        self.hidden.remove(&(before, position));
        self.hidden.insert((until, position));
        Ok(())
    }

    /// Deletes everything at once. On AWS this can last a minute.
    pub(super) fn purge(&mut self, name: &str, now: Timestamp) -> Result<(), QueueError> {
        let pause = SignedDuration::from_secs(PURGE_SECONDS);
        if self.purged_at.is_some_and(|at| now.duration_since(at) < pause) {
            let message = format!(
                "Only one PurgeQueue operation on {name} is allowed every {PURGE_SECONDS} seconds."
            );
            return Err(QueueError::new(PURGE_IN_PROGRESS, message));
        }
        // Positions and receipts go on counting, so that an old handle cannot match a new message.
        *self = Self {
            positions: self.positions,
            receipts: self.receipts,
            purged_at: Some(now),
            ..Self::new(self.settings.clone())
        };
        Ok(())
    }

    /// Applies the time: ends delays and visibility timeouts, and removes expired messages.
    fn settle(&mut self, now: Timestamp) {
        while let Some((until, position)) = self.hidden.first().copied()
            && until <= now
        {
            self.hidden.pop_first();
            let held = self.held.get_mut(&position).expect("a hidden message is held");
            let in_flight = matches!(held.visibility, Visibility::InFlight { .. });
            held.visibility = Visibility::Visible;
            let group = held.group(position);
            self.visible.add(&group, position);
            if in_flight {
                self.in_flight -= 1;
                self.visible.arrive(&group);
            }
        }
        let retention = SignedDuration::from_secs(self.settings.retention);
        while let Some((sent_at, position)) = self.by_age.first().copied()
            && sent_at + retention <= now
        {
            self.forget(position);
        }
    }

    fn forget(&mut self, position: u64) -> Option<QueueMessage> {
        let held = self.held.remove(&position)?;
        self.by_age.remove(&(held.message.sent_at, position));
        let group = held.group(position);
        match held.visibility {
            Visibility::Visible => self.visible.remove(&group, position),
            Visibility::Delayed { until } => drop(self.hidden.remove(&(until, position))),
            Visibility::InFlight { until, .. } => {
                self.hidden.remove(&(until, position));
                self.in_flight -= 1;
                self.visible.arrive(&group);
            }
        }
        Some(held.message)
    }
}
