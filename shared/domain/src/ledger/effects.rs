//! The rows that a change adds, written in the same transaction.

use crate::event::Event;
use crate::ledger::{Entry, EntryPosition, LedgerDay, TransactionRef};

/// Rows that a change adds and that are never changed.
#[derive(Debug, Default)]
pub struct Effects {
    /// Events for the customer.
    pub events: Vec<Event>,
    /// Entries of the ledger.
    pub entries: Vec<Entry>,
    /// Days that begin with one of the entries.
    pub days: Vec<LedgerDay>,
}

impl Effects {
    /// Adds the positions of the entries of a transaction to those that it has.
    pub(crate) fn collect_positions(
        &self,
        transaction: TransactionRef,
        positions: &mut Vec<EntryPosition>,
    ) {
        let last = positions.last().copied();
        let entries = self.entries.iter().filter(|entry| entry.transaction == transaction);
        positions.extend(entries.map(Entry::position).filter(|position| Some(*position) > last));
    }

    /// Adds the rows of another change in the same transaction.
    pub fn append(&mut self, more: Self) {
        self.events.extend(more.events);
        self.entries.extend(more.entries);
        self.days.extend(more.days);
    }
}
