//! The order of messages: the fair queues of SQS.
//!
//! The group with the fewest messages in flight comes first. Among equal groups, the group with the
//! oldest message comes first; within a group, the oldest message. A message without a group is a
//! group by itself. AWS defers a group only if it is noisy (30 or more in flight and over a tenth
//! of all, or as large a share of the processing time), and only approximately. This queue has no
//! threshold, so that a small test shows what a large queue does.
//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues.html>

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::random::Random;

/// The messages that share a turn.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum MessageGroup {
    /// All messages of this group.
    Named(Arc<str>),
    /// The message at this position, which has no group.
    Alone(u64),
}

#[derive(Debug, Default)]
struct GroupLoad {
    in_flight: usize,
    visible: BTreeSet<u64>,
}

/// The visible messages by their position in the queue. Every step is logarithmic in their number.
#[derive(Debug, Default)]
pub(super) struct FairOrder {
    groups: HashMap<MessageGroup, GroupLoad>,
    /// Groups with visible messages: the number in flight, and the oldest position.
    turns: BTreeSet<(usize, u64)>,
    positions: BTreeSet<u64>,
}

impl FairOrder {
    /// Returns the number of visible messages.
    pub(super) fn len(&self) -> usize {
        self.positions.len()
    }

    /// Adds a message that became visible.
    pub(super) fn add(&mut self, group: &MessageGroup, position: u64) {
        self.positions.insert(position);
        self.change(group, |load| {
            load.visible.insert(position);
        });
    }

    /// Removes a message that is not visible any more.
    pub(super) fn remove(&mut self, group: &MessageGroup, position: u64) {
        self.positions.remove(&position);
        self.change(group, |load| {
            load.visible.remove(&position);
        });
    }

    /// Counts one more message of the group in flight.
    pub(super) fn depart(&mut self, group: &MessageGroup) {
        self.change(group, |load| load.in_flight += 1);
    }

    /// Counts one message of the group less in flight.
    pub(super) fn arrive(&mut self, group: &MessageGroup) {
        self.change(group, |load| load.in_flight -= 1);
    }

    /// Returns the position of the next message.
    pub(super) fn next(&self) -> Option<u64> {
        self.turns.first().map(|(_, position)| *position)
    }

    /// Returns the position at or after a random number. Positions after a gap come more often,
    /// which no test depends on.
    pub(super) fn any(&self, random: &mut Random) -> Option<u64> {
        let (first, last) = (*self.positions.first()?, *self.positions.last()?);
        self.positions.range(random.between(first, last)..).next().copied()
    }

    fn change(&mut self, group: &MessageGroup, change: impl FnOnce(&mut GroupLoad)) {
        let load = self.groups.entry(group.clone()).or_default();
        if let Some(oldest) = load.visible.first() {
            self.turns.remove(&(load.in_flight, *oldest));
        }
        change(load);
        if let Some(oldest) = load.visible.first() {
            self.turns.insert((load.in_flight, *oldest));
        } else if load.in_flight == 0 {
            self.groups.remove(group);
        }
    }
}
