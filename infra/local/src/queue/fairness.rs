//! Whose turn it is: the fair queues of SQS.
//!
//! Among visible messages, the group with the fewest in flight goes first, and of equal ones the one
//! that has waited longest; within a group the oldest. A message without a group is a group of its
//! own. AWS puts a group back only when it is noisy (30 or more in flight and over a tenth of all, or
//! as large a share of the processing time), and approximately; here there is no threshold, so that a
//! small test sees what a large queue would do.
//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues.html>

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::random::Random;

/// Who shares a turn.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Group {
    /// All messages of this group.
    Named(Arc<str>),
    /// The message at this place, which has none.
    Alone(u64),
}

#[derive(Debug, Default)]
struct GroupLoad {
    in_flight: usize,
    visible: BTreeSet<u64>,
}

/// The visible messages by their place in the queue. Every step is logarithmic in their number.
#[derive(Debug, Default)]
pub(super) struct FairOrder {
    groups: HashMap<Group, GroupLoad>,
    /// Groups that have something visible: how much they have in flight, and their oldest place.
    turns: BTreeSet<(usize, u64)>,
    places: BTreeSet<u64>,
}

impl FairOrder {
    /// How many are visible.
    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    /// A message is visible now.
    pub(super) fn add(&mut self, group: &Group, place: u64) {
        self.places.insert(place);
        self.change(group, |load| {
            load.visible.insert(place);
        });
    }

    /// A message is not visible any more.
    pub(super) fn remove(&mut self, group: &Group, place: u64) {
        self.places.remove(&place);
        self.change(group, |load| {
            load.visible.remove(&place);
        });
    }

    /// The group has one more in flight.
    pub(super) fn depart(&mut self, group: &Group) {
        self.change(group, |load| load.in_flight += 1);
    }

    /// The group has one less in flight.
    pub(super) fn arrive(&mut self, group: &Group) {
        self.change(group, |load| load.in_flight -= 1);
    }

    /// The place whose turn it is.
    pub(super) fn next(&self) -> Option<u64> {
        self.turns.first().map(|(_, place)| *place)
    }

    /// Any place: the one at or after a random number. Those after a gap come up more often, which
    /// matters to nobody.
    pub(super) fn any(&self, random: &mut Random) -> Option<u64> {
        let (first, last) = (*self.places.first()?, *self.places.last()?);
        self.places.range(random.between(first, last)..).next().copied()
    }

    fn change(&mut self, group: &Group, change: impl FnOnce(&mut GroupLoad)) {
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
