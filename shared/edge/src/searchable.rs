//! The objects that a list with search filters shows.

use domain::charge::{Charge, Refund};
use domain::credit::Credit;
use domain::kernel::Error;
use domain::ledger::TransactionType;
use domain::payout::Payout;
use domain::search::SearchFacts;
use jiff::Timestamp;
use store::Row;

/// An object that a list shows.
pub trait Searchable: Sized + Send {
    /// Types of the objects in the list.
    const TYPES: &'static [TransactionType];

    /// Reads the row of the object.
    fn of_row(row: Row) -> Result<Self, Error>;

    /// Returns what filters compare.
    fn facts(&self) -> SearchFacts<'_>;

    /// Returns the object as it is at this instant.
    #[must_use]
    fn at(self, now: Timestamp) -> Self;
}

macro_rules! searchable {
    ($($kind:ident, |$it:ident, $now:ident| $at:expr;)*) => {$(
        impl Searchable for $kind {
            const TYPES: &'static [TransactionType] = &[TransactionType::$kind];

            fn of_row(row: Row) -> Result<Self, Error> {
                row.read()
            }

            fn facts(&self) -> SearchFacts<'_> {
                self.into()
            }

            fn at(self, $now: Timestamp) -> Self {
                let $it = self;
                $at
            }
        }
    )*};
}

searchable! {
    Charge, |it, now| it.as_of(now);
    Payout, |it, now| it.as_of(now);
    // Time alone changes nothing of a refund or a credit.
    Refund, |it, _now| it;
    Credit, |it, _now| it;
}
