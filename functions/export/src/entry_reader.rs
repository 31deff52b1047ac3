//! The entries of a closed period, page by page.
//!
//! Nothing is added to a closed period, so whoever reads it again reads the same.

use domain::kernel::{AccountId, Error, Period};
use domain::ledger::{Entry, EntryPosition};
use domain::statement::BalanceAt;
use store::{Listing, Page, Store};

/// Entries per page: about 600 KB, of the 1 MB that one query may answer with.
const PAGE: u16 = 1_000;

/// A period of an account's books.
pub(crate) struct EntryReader<'a> {
    store: &'a Store,
    account_id: AccountId,
    first: EntryPosition,
    last: EntryPosition,
    /// Where the balance stood before it.
    pub(crate) opening: BalanceAt,
    /// Where it stood after it.
    pub(crate) closing: BalanceAt,
}

impl<'a> EntryReader<'a> {
    pub(crate) async fn open(
        store: &'a Store,
        account_id: AccountId,
        period: &Period,
    ) -> Result<Self, Error> {
        let (begins_at, ends_at) = (period.begins_at(), period.ends_at());
        let (opening, closing) = tokio::try_join!(
            store.balance_before(account_id, begins_at),
            store.balance_before(account_id, ends_at),
        )?;
        let first = EntryPosition { at: begins_at, sequence: 0 };
        Ok(Self {
            store,
            account_id,
            first,
            last: EntryPosition::before(ends_at),
            opening,
            closing,
        })
    }

    /// The entries after a place of the period; none after its last.
    pub(crate) async fn after(&self, position: EntryPosition) -> Result<Vec<Entry>, Error> {
        if position.sequence >= self.closing.position.sequence {
            return Ok(Vec::new());
        }
        let next = EntryPosition { sequence: position.sequence.saturating_add(1), ..position };
        let listing = Listing::Entries(self.account_id, next.max(self.first), self.last);
        let (entries, _) = self.store.list(&listing, Page { limit: PAGE, after: None }).await?;
        Ok(entries)
    }
}
