//! The rows that a change adds, written in the same transaction.

use crate::event::Event;
use crate::kyc::KycRequest;
use crate::ledger::{BalanceBlock, Entry, EntryPosition, LedgerDay, TransactionRef};
use crate::receivable::ReceivableRecord;

/// Rows that a change adds and that are never changed, and the balance blocks and KYC requests that it changes.
#[derive(Debug, Default)]
pub struct Effects {
    /// Events for the customer.
    pub events: Vec<Event>,
    /// Entries of the ledger.
    pub entries: Vec<Entry>,
    /// Days that begin with one of the entries.
    pub days: Vec<LedgerDay>,
    /// Balance blocks that the change opens or changes, at the version that was read.
    pub blocks: Vec<BalanceBlock>,
    /// Instalments of cards that the change makes or changes, for the lists of the account.
    pub receivables: Vec<ReceivableRecord>,
    /// KYC requests that the change opens or changes, at the version that was read.
    pub kyc_requests: Vec<KycRequest>,
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

    /// Adds the rows of another change in the same transaction. A block that changes again has its last state.
    pub fn append(&mut self, more: Self) {
        self.blocks.retain(|block| more.blocks.iter().all(|later| later.id != block.id));
        self.events.extend(more.events);
        self.entries.extend(more.entries);
        self.days.extend(more.days);
        self.blocks.extend(more.blocks);
        let is_later =
            |one: &ReceivableRecord| more.receivables.iter().all(|later| !later.is_of_same(one));
        self.receivables.retain(is_later);
        self.receivables.extend(more.receivables);
        self.kyc_requests.extend(more.kyc_requests);
    }

    /// Returns the number of rows that the effects write.
    pub fn rows(&self) -> usize {
        let moved = self.receivables.iter().filter(|one| one.moved_from.is_some()).count();
        let money = self.entries.len() + self.days.len() + self.blocks.len();
        let listed = self.receivables.len() + moved + self.kyc_requests.len();
        self.events.len() + money + listed
    }
}
