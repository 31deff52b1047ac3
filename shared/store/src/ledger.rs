//! Reads the books of an account as a whole: their entries page by page, and their open holds.

use domain::kernel::{AccountId, Error};
use domain::ledger::{
    Books, Difference, Entry, EntryPosition, Hold, LedgerDay, Mismatch, RunningTotals,
};
use domain::statement::BalanceAt;

use jiff::Timestamp;

use crate::{Key, Listing, Page, Row, Store};

/// Rows per page: as many openings of days as one request reads.
const PAGE: u16 = 100;

/// What reading on in the entries came to.
#[derive(Debug, PartialEq, Eq)]
pub struct EntryCheck {
    /// Entries that were added up.
    pub entries: u64,
    /// What is wrong with the next one.
    pub difference: Option<Difference>,
}

impl Store {
    /// Adds the entries of an account to a fold, up to the place `until`, and stops after so many or
    /// before the first that is wrong.
    ///
    /// A query may see one row of a transaction and not yet the other, so a difference has to be
    /// there at a second look.
    pub async fn read_entries(
        &self,
        account_id: AccountId,
        totals: &mut RunningTotals,
        until: EntryPosition,
        entries_max: u64,
    ) -> Result<EntryCheck, Error> {
        let begun = totals.sequence;
        let mut difference = None;
        while totals.sequence < until.sequence
            && totals.sequence - begun < entries_max
            && difference.is_none()
        {
            let listing = Listing::Entries(account_id, totals.next_position(), until);
            let page = Page { limit: PAGE, after: None };
            let (entries, ended): (Vec<Entry>, _) = self.list(&listing, page).await?;
            let openings = self.openings(account_id, totals.days(&entries)).await?;
            difference = totals.extend(account_id, &entries, &openings).err();
            if difference.is_none() && ended.is_none() && totals.sequence < until.sequence {
                let sequence = totals.sequence + 1;
                difference = Some(Difference { sequence, what: Mismatch::Missing });
            }
        }
        Ok(EntryCheck { entries: totals.sequence - begun, difference })
    }

    /// Whether there is an entry that these books do not know.
    pub async fn has_entry_after(&self, books: &Books) -> Result<bool, Error> {
        let next = EntryPosition { sequence: books.sequence.saturating_add(1), ..books.position() };
        let beyond = Listing::Entries(books.account_id, next, EntryPosition::END);
        let (entries, _) = self.list::<Entry>(&beyond, Page { limit: 1, after: None }).await?;
        Ok(!entries.is_empty())
    }

    /// Where the balance of an account stood before an instant.
    pub async fn balance_before(
        &self,
        account_id: AccountId,
        at: Timestamp,
    ) -> Result<BalanceAt, Error> {
        let listing = Listing::EntriesBefore(account_id, at);
        let (entries, _) = self.list::<Entry>(&listing, Page { limit: 1, after: None }).await?;
        Ok(entries.first().map_or(BalanceAt::NOTHING, Entry::balance_at))
    }

    async fn openings(
        &self,
        account_id: AccountId,
        dates: Vec<jiff::civil::Date>,
    ) -> Result<Vec<LedgerDay>, Error> {
        let day = |date| Key::LedgerDay(account_id, date);
        let keys: Vec<_> = dates.into_iter().map(day).collect();
        self.read(&keys).await?.into_iter().flatten().map(Row::read).collect()
    }

    /// The sum of an account's open holds, over an index that lags behind the table.
    pub async fn sum_open_holds(&self, account_id: AccountId) -> Result<u128, Error> {
        let (mut sum, mut after) = (0_u128, None);
        loop {
            let page = Page { limit: PAGE, after };
            let listing = Listing::OpenHolds(account_id);
            let (holds, ended): (Vec<Hold>, _) = self.list(&listing, page).await?;
            sum += holds.iter().map(|hold| u128::from(hold.amount_cents)).sum::<u128>();
            after = ended;
            if after.is_none() {
                return Ok(sum);
            }
        }
    }
}
