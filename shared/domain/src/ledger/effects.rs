//! What a change brings with it, to be written in the same transaction.

use crate::event::Event;
use crate::ledger::{Entry, EntryPosition, LedgerDay, TransactionRef};

/// Rows that a change of state adds and never changes.
#[derive(Debug, Default)]
pub struct Effects {
    /// For the customer.
    pub events: Vec<Event>,
    /// Lines of the books.
    pub entries: Vec<Entry>,
    /// Days that began with them.
    pub days: Vec<LedgerDay>,
}

impl Effects {
    /// Adds the places of the entries of a subject to those it knows.
    pub(crate) fn collect_positions(
        &self,
        transaction: TransactionRef,
        known: &mut Vec<EntryPosition>,
    ) {
        let last = known.last().copied();
        let of_it = self.entries.iter().filter(|entry| entry.transaction == transaction);
        known.extend(of_it.map(Entry::position).filter(|position| Some(*position) > last));
    }

    /// Everything another change of the same transaction brought.
    pub fn append(&mut self, more: Self) {
        self.events.extend(more.events);
        self.entries.extend(more.entries);
        self.days.extend(more.days);
    }
}
