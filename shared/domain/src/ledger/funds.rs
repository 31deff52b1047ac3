//! The money behind what goes out: the books, and what is put aside in them.

use crate::kernel::{Error, Moment};
use crate::ledger::{Books, Effects, EntryContext, EntryKind, Hold};

/// The money a change of a payout or a refund is decided over, as it was read and as it is to be written.
#[derive(Debug, Clone)]
pub struct Funds {
    /// The books.
    pub books: Books,
    /// Its hold, once there is one.
    pub hold: Option<Hold>,
    read: (Books, Option<Hold>),
}

impl Funds {
    /// What was read.
    pub fn new(books: Books, hold: Option<Hold>) -> Self {
        Self { read: (books.clone(), hold.clone()), books, hold }
    }

    /// The books, if they changed.
    pub fn changed_books(&self) -> Option<&Books> {
        (self.books != self.read.0).then_some(&self.books)
    }

    /// The hold, if it changed.
    pub fn changed_hold(&self) -> Option<&Hold> {
        self.hold.as_ref().filter(|hold| self.read.1.as_ref() != Some(hold))
    }

    /// Makes what is held available again.
    pub(crate) fn release(
        &mut self,
        entry_context: &EntryContext,
        moment: &Moment,
        effects: &mut Effects,
    ) -> Result<(), Error> {
        match &mut self.hold {
            Some(hold) => hold.release(entry_context, &mut self.books, moment, effects),
            None => Ok(()),
        }
    }

    /// Sends what is held where each posting says.
    pub(crate) fn settle(
        &mut self,
        entry_context: &EntryContext,
        out: &[(EntryKind, u64)],
        moment: &Moment,
        effects: &mut Effects,
    ) -> Result<(), Error> {
        let missing = || Error::internal("an order that went has a hold");
        let hold = self.hold.as_mut().ok_or_else(missing)?;
        hold.settle(entry_context, out, &mut self.books, moment, effects)
    }
}
