//! The money of a payout or a refund: the books and the hold.

use crate::kernel::{Error, Moment};
use crate::ledger::{Books, Effects, EntryContext, EntryKind, Hold, Posting};

/// The books and the hold that a change of a payout or a refund reads and writes.
#[derive(Debug, Clone)]
pub struct Funds {
    /// The books.
    pub books: Books,
    /// Hold of the payout or the refund, if it has one.
    pub hold: Option<Hold>,
    read: (Books, Option<Hold>),
}

impl Funds {
    /// Returns the funds as they were read.
    pub fn new(books: Books, hold: Option<Hold>) -> Self {
        Self { read: (books.clone(), hold.clone()), books, hold }
    }

    /// Returns the books if they changed.
    pub fn changed_books(&self) -> Option<&Books> {
        (self.books != self.read.0).then_some(&self.books)
    }

    /// Returns the hold if it changed.
    pub fn changed_hold(&self) -> Option<&Hold> {
        self.hold.as_ref().filter(|hold| self.read.1.as_ref() != Some(hold))
    }

    /// Releases the hold: its money is available again.
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

    /// Releases the hold, and takes a fee of the charge from what it released.
    pub(crate) fn release_with_fee(
        &mut self,
        entry_context: &EntryContext,
        fee_cents: u64,
        moment: &Moment,
        effects: &mut Effects,
    ) -> Result<(), Error> {
        let Some(hold) = &mut self.hold else { return Ok(()) };
        let fee = Posting::new(EntryKind::ChargeFee, fee_cents);
        hold.release_and(entry_context, &[fee], &mut self.books, moment, effects)
    }

    /// Gives money of the hold back to instalments that the acquirer has not paid.
    pub(crate) fn return_receivables(
        &mut self,
        entry_context: &EntryContext,
        amount_cents: u64,
        moment: &Moment,
        effects: &mut Effects,
    ) -> Result<(), Error> {
        match &mut self.hold {
            Some(hold) if amount_cents > 0 => {
                let books = &mut self.books;
                hold.return_receivables(entry_context, amount_cents, books, moment, effects)
            }
            _ => Ok(()),
        }
    }

    /// Settles the hold with these postings.
    pub(crate) fn settle(
        &mut self,
        entry_context: &EntryContext,
        out: &[(EntryKind, u64)],
        moment: &Moment,
        effects: &mut Effects,
    ) -> Result<(), Error> {
        let missing = || Error::internal("an order that was submitted has no hold");
        let hold = self.hold.as_mut().ok_or_else(missing)?;
        hold.settle(entry_context, out, &mut self.books, moment, effects)
    }
}
